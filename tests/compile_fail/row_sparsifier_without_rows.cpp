// A row task vector merge says what a row sparsifier lacks: this one is no more than a sparsifier.
// expected: a row sparsifier needs `template <class Real> class selector`
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/row_task_vector_merge.hpp>
#include <tensormerge/policy/consensus/all_agree.hpp>
#include <tensormerge/policy/sparsify/drop_by_rank.hpp>
#include <tensormerge/policy/sparsify/keep_all.hpp>

#ifdef MUST_FAIL
using dropping = tensormerge::keep_all;
#else
using dropping = tensormerge::drop_by_rank;
#endif

template class tensormerge::row_task_vector_merge<
    dropping, tensormerge::all_agree, tensormerge::della_linear_parameters,
    tensormerge::della_linear_input_parameters>::kernel<float>;
