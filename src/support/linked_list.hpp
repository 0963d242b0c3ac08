#pragma once

#include <cstddef>
#include <iterator>

namespace box::inline v0_1 {

template <class T>
class LinkedList;

/// A base of the objects that may be in a LinkedList, at most one at a time.
template <class T>
class ListNode {
 public:
  ListNode() = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;

  bool isListed() const noexcept { return listed_; }

 private:
  friend class LinkedList<T>;
  T* previous_ = nullptr;
  T* next_ = nullptr;
  bool listed_ = false;
};

/// A list of objects that have the links in themselves, so that inserting and removing need no memory and cannot fail.
/// It does not own them: each must be removed before it is destroyed. Its user provides the lock.
template <class T>
class LinkedList {
 public:
  class Iterator {
   public:
    explicit Iterator(T* item) noexcept : item_(item) {}
    T& operator*() const noexcept { return *item_; }
    Iterator& operator++() noexcept {
      item_ = nodeOf(*item_).next_;
      return *this;
    }
    bool operator==(const Iterator&) const noexcept = default;

   private:
    T* item_;
  };

  Iterator begin() const noexcept { return Iterator(first_); }
  Iterator end() const noexcept { return Iterator(nullptr); }
  /// Null: the list is empty.
  T* first() const noexcept { return first_; }

  void pushFront(T& item) noexcept { insert(item, nullptr, first_); }
  void pushBack(T& item) noexcept { insert(item, last_, nullptr); }

  /// The object must be in this list.
  void remove(T& item) noexcept {
    ListNode<T>& node = nodeOf(item);
    (node.previous_ != nullptr ? nodeOf(*node.previous_).next_ : first_) = node.next_;
    (node.next_ != nullptr ? nodeOf(*node.next_).previous_ : last_) = node.previous_;
    node.previous_ = node.next_ = nullptr;
    node.listed_ = false;
  }

 private:
  static ListNode<T>& nodeOf(T& item) noexcept { return item; }

  void insert(T& item, T* previous, T* next) noexcept {
    ListNode<T>& node = nodeOf(item);
    node.previous_ = previous;
    node.next_ = next;
    node.listed_ = true;
    (previous != nullptr ? nodeOf(*previous).next_ : first_) = &item;
    (next != nullptr ? nodeOf(*next).previous_ : last_) = &item;
  }

  T* first_ = nullptr;
  T* last_ = nullptr;
};

}  // namespace box::inline v0_1
