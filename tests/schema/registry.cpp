// Compiles where schema and registry name the same methods; EXTRA_METHOD gives the registry one
// more.
#ifdef EXTRA_METHOD
#include <boost/hana/append.hpp>
#include <boost/hana/type.hpp>

#include <tensormerge/method/method_list.hpp>

struct unknown_to_the_schema : tensormerge::linear {
  static constexpr tensormerge::method_facts facts{.name = "unknown_to_the_schema"};
};
namespace tensormerge {
inline constexpr auto longer_list =
    boost::hana::append(method_list, boost::hana::type_c<unknown_to_the_schema>);
}
#define method_list longer_list
#endif
#include <tensormerge/config/check_methods.hpp>
