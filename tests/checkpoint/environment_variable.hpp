#pragma once

#include <cstdlib>
#include <optional>
#include <string>

#include <stdlib.h>

namespace tensormerge::test {

/// Sets an environment variable, or removes it, until the end of its life.
class environment_variable {
 public:
  environment_variable(const char* name, const std::optional<std::string>& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    put(value);
  }
  environment_variable(const environment_variable&) = delete;
  environment_variable& operator=(const environment_variable&) = delete;
  ~environment_variable() { put(old_); }

 private:
  void put(const std::optional<std::string>& value) const {
    if (value) {
      ::setenv(name_, value->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }

  const char* name_;
  std::optional<std::string> old_;
};

}  // namespace tensormerge::test
