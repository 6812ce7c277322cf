#include "board/data_flash.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace outboot::board {

DataFlash::DataFlash(std::uint32_t size_bytes, std::uint32_t block_bytes, std::uint64_t seed)
    : cells_(size_bytes / unit_bytes), erases_(size_bytes / block_bytes, 0), block_bytes_(block_bytes), random_(seed) {}

void DataFlash::new_boot() {
    for (Cell& c : cells_)
        if (c.state == Unit::torn) draw(c);
}

DataFlash::Word DataFlash::noise() const {
    const std::uint64_t r = random_.next();
    Word w;
    for (std::size_t i = 0; i < w.size(); ++i) w[i] = static_cast<std::uint8_t>(r >> (8 * i));
    return w;
}

void DataFlash::read(std::uint32_t offset, std::span<std::uint8_t> out) const {
    for (std::size_t i = 0; i < out.size();) {
        const std::uint32_t at = offset + static_cast<std::uint32_t>(i);
        const Cell& c = cells_[at / unit_bytes];
        Word w = c.word;
        if (c.state == Unit::blank) w = noise();
        if (c.state == Unit::torn) {
            switch (c.reading) {
            case Reading::old_content:
                w = c.old_blank ? noise() : c.old_word;
                break;
            case Reading::new_content:
                w = c.new_blank ? noise() : c.word;
                break;
            case Reading::mixture:
                w = c.mixed_word;
                break;
            case Reading::unsteady:
                w = noise();
                break;
            }
        }
        for (std::uint32_t k = at % unit_bytes; k < unit_bytes && i < out.size(); ++k) out[i++] = w[k];
    }
}

bool DataFlash::reads_blank(std::uint32_t offset) const {
    const Cell& c = cells_[offset / unit_bytes];
    if (c.state == Unit::torn) return c.answers_blank;
    return c.state == Unit::blank;
}

std::string DataFlash::program_refusal(std::uint32_t offset, std::size_t count) const {
    if (count != 4 && count != 8 && count != 16) return fmt::format("data flash program of {} bytes", count);
    if (offset % count != 0)
        return fmt::format("data flash program at 0x{:04x}, not aligned to {} bytes", offset, count);
    if (offset + count > size()) return fmt::format("data flash program at 0x{:04x}, outside", offset);
    for (std::uint32_t o = offset; o < offset + count; o += unit_bytes) {
        if (unit_state(o) == Unit::programmed)
            return fmt::format("data flash program at 0x{:04x}, a unit programmed since its last erase", o);
        if (unit_state(o) == Unit::torn)
            return fmt::format("data flash program at 0x{:04x}, a unit whose last program or erase was interrupted", o);
    }
    return {};
}

void DataFlash::erase(std::uint32_t offset) {
    const std::uint32_t block = offset / block_bytes_;
    std::fill_n(cells_.begin() + block * block_bytes_ / unit_bytes, block_bytes_ / unit_bytes, Cell{});
    ++erases_[block];
}

void DataFlash::erase_torn(std::uint32_t offset) {
    const std::uint32_t block = offset / block_bytes_;
    const std::uint32_t first = block * block_bytes_ / unit_bytes;
    for (std::uint32_t i = first; i < first + block_bytes_ / unit_bytes; ++i) tear(cells_[i], true, {});
    ++erases_[block];
}

void DataFlash::program(std::uint32_t offset, std::span<const std::uint8_t> bytes) {
    for (std::size_t i = 0; i < bytes.size(); i += unit_bytes) {
        Cell& c = cells_[(offset + i) / unit_bytes];
        c = {};
        c.state = Unit::programmed;
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(i), unit_bytes, c.word.begin());
    }
}

void DataFlash::program_torn(std::uint32_t offset, std::span<const std::uint8_t> bytes) {
    for (std::size_t i = 0; i < bytes.size(); i += unit_bytes) {
        Word w;
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(i), unit_bytes, w.begin());
        tear(cells_[(offset + i) / unit_bytes], false, w);
    }
}

// An operation towards (new_blank, new_word) was interrupted. What the cell was torn between before it no longer shows,
// but for what it read like last.
void DataFlash::tear(Cell& cell, bool new_blank, const Word& new_word) {
    const Cell before = cell;
    cell = {};
    cell.state = Unit::torn;
    cell.new_blank = new_blank;
    cell.word = new_word;
    switch (before.state) {
    case Unit::blank:
        cell.old_blank = true;
        break;
    case Unit::programmed:
        cell.old_blank = false, cell.old_word = before.word;
        break;
    case Unit::torn:
        cell.old_blank = before.reading == Reading::new_content ? before.new_blank : before.old_blank;
        cell.old_word = before.reading == Reading::new_content ? before.word : before.old_word;
        break;
    }
    const Word from = cell.old_blank ? noise() : cell.old_word, to = cell.new_blank ? noise() : cell.word,
               pick = noise();
    for (std::size_t i = 0; i < pick.size(); ++i)
        cell.mixed_word[i] = static_cast<std::uint8_t>((from[i] & pick[i]) | (to[i] & ~pick[i]));
    draw(cell);
}

void DataFlash::draw(Cell& cell) {
    cell.reading = static_cast<Reading>(random_.below(4));
    cell.answers_blank = random_.below(2) == 0;
}

void DataFlash::load(std::uint32_t offset, std::span<const std::uint8_t> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        Cell& c = cells_[(offset + i) / unit_bytes];
        if (c.state != Unit::programmed) {
            c = {};
            c.state = Unit::programmed;
            c.word.fill(0xff);
        }
        c.word[(offset + i) % unit_bytes] = bytes[i];
    }
}

std::vector<std::uint8_t> DataFlash::image() const {
    std::vector<std::uint8_t> out(size(), 0xff);
    for (std::uint32_t o = 0; o < size(); o += unit_bytes)
        if (unit_state(o) != Unit::blank) read(o, std::span(out).subspan(o, unit_bytes));
    return out;
}

std::string DataFlash::unit_states() const {
    std::string s;
    for (const Cell& c : cells_) s.push_back(static_cast<char>(c.state));
    return s;
}

// A torn unit comes back from a file as torn between blank and what the file has.
void DataFlash::set_state(std::string_view unit_states, std::span<const std::uint32_t> erase_counts) {
    if (unit_states.size() != cells_.size() || erase_counts.size() != erases_.size())
        throw std::invalid_argument("the state belongs to a data flash of another size");
    if (unit_states.find_first_not_of("ept") != std::string_view::npos)
        throw std::invalid_argument("a unit's state is none of e, p, t");
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        const auto wanted = static_cast<Unit>(unit_states[i]);
        const Word word = cells_[i].word;
        if (wanted == Unit::programmed && cells_[i].state != Unit::programmed)
            throw std::invalid_argument("a unit is called programmed and has no contents");
        if (wanted == Unit::programmed) continue;
        cells_[i] = {};
        if (wanted == Unit::torn) tear(cells_[i], false, word);
    }
    std::copy(erase_counts.begin(), erase_counts.end(), erases_.begin());
}

} // namespace outboot::board
