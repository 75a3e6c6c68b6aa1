#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/write_journal.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using records = std::vector<write_journal::record>;

class a_journal : public testing::Test {
 protected:
  records found(std::uint64_t purpose = 1) const { return write_journal(file_, purpose).found(); }

  test::temporary_folder folder_;
  std::filesystem::path file_ = folder_ / "journal";
  records written_{{.tensor = 3, .range_bytes = 64, .hash = 5}, {.tensor = 0, .range_bytes = 1, .hash = 7}};
};

TEST_F(a_journal, gives_what_earlier_runs_added) {
  EXPECT_EQ(found(), records{});
  write_journal(file_, 1).add(written_[0]);
  EXPECT_EQ(found(), records{written_[0]});
  write_journal(file_, 1).add(written_[1]);
  EXPECT_EQ(found(), written_);
}

TEST_F(a_journal, begins_anew_for_another_purpose) {
  write_journal(file_, 1).add(written_[0]);
  EXPECT_EQ(found(2), records{});
  EXPECT_EQ(found(1), records{});
}

TEST_F(a_journal, ends_at_a_torn_record_and_goes_on_after_it) {
  {
    const write_journal journal(file_, 1);
    for (const write_journal::record& each : written_) journal.add(each);
  }
  const auto size = std::filesystem::file_size(file_);
  for (const auto cut : {1u, 9u, 31u}) {
    std::filesystem::resize_file(file_, size - cut);
    EXPECT_EQ(found(), records{written_[0]}) << cut;
    write_journal(file_, 1).add(written_[1]);
    EXPECT_EQ(found(), written_) << cut;
  }
}

TEST_F(a_journal, takes_no_other_file_for_one_of_its_own) {
  test::write_file(file_, std::string(500, 'x'));
  EXPECT_EQ(found(), records{});
  write_journal(file_, 1).add(written_[0]);
  EXPECT_EQ(found(), records{written_[0]});
}

}  // namespace
}  // namespace tensormerge
