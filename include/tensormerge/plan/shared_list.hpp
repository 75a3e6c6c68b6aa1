#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace tensormerge {

/// A list that does not change, in memory that its copies share.
template <class Item>
class shared_list {
 public:
  shared_list() = default;
  shared_list(std::initializer_list<Item> items) : shared_list(std::vector<Item>(items)) {}
  shared_list(std::vector<Item> items) {
    if (!items.empty()) items_ = std::make_shared<const std::vector<Item>>(std::move(items));
  }

  operator const std::vector<Item>&() const {
    static const std::vector<Item> none;
    return items_ != nullptr ? *items_ : none;
  }

  auto begin() const { return list().begin(); }
  auto end() const { return list().end(); }
  std::size_t size() const { return list().size(); }
  const Item& operator[](std::size_t number) const { return list()[number]; }

  /// Becomes a list of these, and stays in the memory where it is if it is one already.
  void become(std::vector<Item> items) {
    if (items != list()) *this = shared_list(std::move(items));
  }

 private:
  const std::vector<Item>& list() const { return *this; }

  std::shared_ptr<const std::vector<Item>> items_;
};

}  // namespace tensormerge
