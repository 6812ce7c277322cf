// Bytes at a page-aligned address that stays the same for the buffer's life, so that they can be mapped into the CPU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace outboot::board {

template <class T>
struct PageAllocator {
    using value_type = T;
    static constexpr std::align_val_t page{4096};

    PageAllocator() = default;
    template <class U>
    PageAllocator(const PageAllocator<U>&) {}
    T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), page)); }
    void deallocate(T* p, std::size_t) { ::operator delete(p, page); }
    template <class U>
    bool operator==(const PageAllocator<U>&) const {
        return true;
    }
};

using PageBuffer = std::vector<std::uint8_t, PageAllocator<std::uint8_t>>;

} // namespace outboot::board
