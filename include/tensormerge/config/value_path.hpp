#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <tensormerge/document/node.hpp>

namespace tensormerge {

/// The way from the root of a document to one of its values, as a chain of steps on the stack.
/// A step refers to the one before it, which must outlive it.
class value_path {
 public:
  value_path() = default;
  value_path(const value_path& parent, const node_entry& entry)
      : parent_(&parent), entry_(&entry), depth_(parent.depth_ + 1) {}
  value_path(const value_path& parent, std::size_t index)
      : parent_(&parent), index_(index), depth_(parent.depth_ + 1) {}

  /// Number of steps; 0 at the root.
  std::size_t depth() const { return depth_; }

  /// The entry of a mapping that holds the value, or nullptr for the root and items of lists.
  const node_entry* entry() const { return entry_; }

  /// `models[1].parameters.weight`; empty at the root.
  std::string text() const {
    if (parent_ == nullptr) return {};
    std::string result = parent_->text();
    if (entry_ == nullptr) return result + '[' + std::to_string(index_) + ']';
    if (!result.empty()) result += '.';
    return result + entry_->key;
  }

 private:
  const value_path* parent_ = nullptr;
  const node_entry* entry_ = nullptr;
  std::size_t index_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace tensormerge
