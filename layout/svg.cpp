// Everything is placed by numbers here, because an SVG has no layout of its own: x and y in pixels of a picture that is
// 960 wide.
#include "layout/svg.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "layout/fingerprint.hpp"
#include "layout/text.hpp"

namespace outboot::layouts {
namespace {

constexpr double width = 960;
constexpr double left = 24;
constexpr double bar_width = width - 2 * left;
constexpr double bar_height = 40;
constexpr double row_height = 22;
constexpr double letter_width = 7; // of 13 px text, on the safe side
constexpr double least_tick_gap = 4;

// Columns of the table under each bar.
constexpr double name_x = left + 28;
constexpr double address_x = 212;
constexpr double size_x = 390; // its right edge
constexpr double role_x = 404;
constexpr double fill_x = 492;
constexpr double fill_width = 76;
constexpr double fill_text_x = fill_x + fill_width + 8;
constexpr double remark_x = 734;

constexpr const char* style = R"(<style>
  svg { --ground: #ffffff; --text: #1b2733; --soft: #5b6875; --line: #c9d1d9; color-scheme: light dark; }
  @media (prefers-color-scheme: dark) { svg { --ground: #14191f; --text: #e3e8ee; --soft: #93a1b0; --line: #3a4653; } }
  .ground { fill: var(--ground); }
  text { font: 13px system-ui, 'DejaVu Sans', sans-serif; fill: var(--text); }
  .title { font-size: 18px; font-weight: 600; } .memory { font-size: 15px; font-weight: 600; }
  .soft { fill: var(--soft); } .small { font-size: 11px; fill: var(--soft); }
  .number { font-family: ui-monospace, 'DejaVu Sans Mono', monospace; font-size: 12px; }
  .end { text-anchor: end; } .middle { text-anchor: middle; } .key { font-weight: 600; }
  .on { fill: #ffffff; font-weight: 600; font-size: 11px; text-anchor: middle; }
  .tick { stroke: var(--line); stroke-width: 1; } .edge { stroke: var(--soft); stroke-width: 1; }
  .frame { fill: none; stroke: var(--line); } .cut { stroke: var(--ground); stroke-width: 1.5; }
  .free { fill-opacity: .3; } .unused { fill: url(#hatch); }
  .bootloader { fill: #b4453c; } .primary { fill: #2f6fb3; } .secondary { fill: #24858b; }
  .hole, .scratch { fill: #b07f12; } .journal { fill: #8551ad; } .application { fill: #3c8650; } .other { fill: #6d8a2c; }
</style>
<defs><pattern id="hatch" width="6" height="6" patternTransform='rotate(45)' patternUnits="userSpaceOnUse">
  <line x1="0" y1="0" x2="0" y2="6" stroke="#8a97a5" stroke-opacity=".45" stroke-width="2"/></pattern></defs>
)";

std::string shortened(const std::string& text, std::size_t letters) {
    return text.size() <= letters ? text : text.substr(0, letters - 1) + "\u2026";
}

// The drawing of one memory, and how far down it has come.
class Painter {
  public:
    explicit Painter(double top) : y_(top) {}

    void memory(const MemoryDrawing& memory) {
        memory_ = &memory;
        paint("<text x='{}' y='{}'><tspan class='memory'>{}</tspan><tspan class='soft' dx='10'>{} at {}, erase blocks "
              "{}</tspan></text>\n",
              left, y_ + 14, escaped(memory.title), size_text(memory.geometry.size()),
              address_text(memory.geometry.address()), memory.geometry.describe());
        y_ += 24;
        labels();
        bar();
        ticks();
        for (const auto& each : memory.marks) mark(each);
        y_ += 8;
        for (std::size_t i = 0; i < memory.parts.size(); ++i) row(memory.parts[i], colour(i));
        y_ += 26;
    }

    void line(const std::string& text) {
        paint("<text class='soft' x='{}' y='{}'>{}</text>\n", left, y_ + 13, escaped(text));
        y_ += row_height;
    }

    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] double bottom() const { return y_; }

  private:
    template <class... T>
    void paint(fmt::format_string<T...> format, T&&... values) {
        text_ += fmt::format(format, std::forward<T>(values)...);
    }

    [[nodiscard]] double x_of(std::uint64_t offset) const {
        return left + bar_width * static_cast<double>(offset) / memory_->geometry.size();
    }

    // Neighbouring application regions take turns.
    [[nodiscard]] std::string colour(std::size_t index) const {
        const Part& part = memory_->parts[index];
        if (!part.region) return "unused";
        if (part.region->role != Role::application) return to_string(part.region->role);
        std::size_t before = 0;
        for (std::size_t i = 0; i < index; ++i)
            if (memory_->parts[i].region && memory_->parts[i].region->role == Role::application) ++before;
        return before % 2 == 0 ? "application" : "other";
    }

    // Above the bar: a region's name where it has the room, else its letter, moved aside where letters would overlap.
    void labels() {
        struct Label {
            std::string text;
            double centre = 0;
            double width = 0;
            double x = 0; // its left edge
        };
        std::vector<Label> labels;
        for (const auto& part : memory_->parts) {
            if (!part.region) continue;
            const double from = x_of(part.place.begin);
            const double to = x_of(part.place.end);
            Label label{fmt::format("{} {}", part.key, part.name()), (from + to) / 2, 0, 0};
            label.width = letter_width * static_cast<double>(label.text.size()) + 6;
            if (label.width > to - from) label = {std::string(1, part.key), label.centre, letter_width + 6, 0};
            labels.push_back(std::move(label));
        }
        double free = left;
        for (auto& label : labels) {
            label.x = std::max(label.centre - label.width / 2, free);
            free = label.x + label.width;
        }
        double limit = left + bar_width;
        for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
            label->x = std::min(label->x, limit - label->width);
            limit = label->x;
        }
        for (const auto& label : labels) {
            const double middle = label.x + label.width / 2;
            paint("<text class='key middle' x='{:.1f}' y='{}'>{}</text>\n", middle, y_ + 11, escaped(label.text));
            if (label.text.size() == 1)
                paint("<line class='edge' x1='{:.1f}' y1='{}' x2='{:.1f}' y2='{}'/>\n", middle, y_ + 14, label.centre,
                      y_ + 20);
        }
        y_ += 20;
    }

    void rect(const Span& span, const std::string& classes, const std::string& tip) {
        paint("<rect class='{}' x='{:.2f}' y='{}' width='{:.2f}' height='{}'><title>{}</title></rect>\n", classes,
              x_of(span.begin), y_, std::max(0.5, x_of(span.end) - x_of(span.begin)), bar_height, escaped(tip));
    }

    void bar() {
        for (std::size_t i = 0; i < memory_->parts.size(); ++i) {
            const Part& part = memory_->parts[i];
            const std::string tip = fmt::format("{}: {} at {}{}", part.name(), size_text(part.place.size()),
                                                address_text(memory_->geometry.address() + part.place.begin),
                                                part.known ? ", " + part.fill_text() : "");
            if (!part.region || part.known) rect(part.place, colour(i) + (part.known ? " free" : ""), tip);
            for (const auto& span : part.filled)
                if (part.region) rect(span, colour(i), tip);
        }
        // A line between two parts, unless it would hide one that is hardly wider.
        const auto wide = [&](const Part& part) { return x_of(part.place.end) - x_of(part.place.begin) > 4; };
        for (std::size_t i = 1; i < memory_->parts.size(); ++i)
            if (wide(memory_->parts[i - 1]) && wide(memory_->parts[i]))
                paint("<line class='cut' x1='{0:.2f}' y1='{1}' x2='{0:.2f}' y2='{2}'/>\n",
                      x_of(memory_->parts[i].place.begin), y_, y_ + bar_height);
        paint("<rect class='frame' x='{}' y='{}' width='{}' height='{}'/>\n", left, y_, bar_width, bar_height);
        y_ += bar_height;
    }

    // A tick per erase block, or per so many that they can be told apart.
    void ticks() {
        const Geometry& geometry = memory_->geometry;
        const auto runs = geometry.blocks(0, geometry.size());
        std::string legend;
        std::uint64_t at = 0;
        for (const auto& run : runs) {
            const double gap = bar_width * run.size / geometry.size();
            std::uint32_t group = 1;
            while (gap * group < least_tick_gap) group *= 2;
            for (std::uint32_t block = 0; block < run.count; block += group)
                tick(at + std::uint64_t{block} * run.size, block == 0);
            at += std::uint64_t{run.count} * run.size;
            if (!legend.empty()) legend += ", then ";
            legend += size_text(std::uint64_t{group} * run.size);
            if (group > 1) legend += fmt::format(" ({} blocks)", group);
        }
        tick(geometry.size(), true);
        const double below = y_ + 20;
        paint("<text class='small number' x='{}' y='{}'>{}</text>\n", left, below, address_text(geometry.address()));
        paint("<text class='small number end' x='{}' y='{}'>{}</text>\n", left + bar_width, below,
              address_text(std::uint64_t{geometry.address()} + geometry.size()));
        paint("<text class='small middle' x='{}' y='{}'>from tick to tick {}</text>\n", width / 2, below, legend);
        y_ += 24;
    }

    void tick(std::uint64_t offset, bool long_one) {
        paint("<line class='{0}' x1='{1:.2f}' y1='{2}' x2='{1:.2f}' y2='{3}'/>\n", long_one ? "edge" : "tick",
              x_of(offset), y_, y_ + (long_one ? 9 : 5));
    }

    // Where an image stands: |<--- words --->|, the words beside it where it is narrow.
    void mark(const Mark& mark) {
        const double from = x_of(mark.place.begin);
        const double to = x_of(mark.place.end);
        const double middle = y_ + 10;
        const std::string words = fmt::format("{}, {}", mark.text, bytes_text(mark.place.size()));
        const double words_width = letter_width * static_cast<double>(words.size());
        const auto line = [&](double x1, double x2) {
            paint("<line class='edge' x1='{:.1f}' y1='{}' x2='{:.1f}' y2='{}'/>\n", x1, middle, x2, middle);
        };
        for (const double x : {from, to})
            paint("<line class='edge' x1='{0:.1f}' y1='{1}' x2='{0:.1f}' y2='{2}'/>\n", x, middle - 6, middle + 6);
        if (to - from > words_width + 40) {
            const double centre = (from + to) / 2;
            line(from, centre - words_width / 2 - 6);
            line(centre + words_width / 2 + 6, to);
            paint("<text class='middle' x='{:.1f}' y='{}'>{}</text>\n", centre, middle + 4, words);
        } else {
            line(from, to);
            const bool behind = to + words_width + 8 < left + bar_width;
            paint("<text class='{}' x='{:.1f}' y='{}'>{}</text>\n", behind ? "" : "end", behind ? to + 8 : from - 8,
                  middle + 4, words);
        }
        y_ += 20;
    }

    void row(const Part& part, const std::string& colour) {
        const double base = y_ + 15;
        paint("<rect class='{}' x='{}' y='{}' width='16' height='16' rx='2'/>\n", colour, left, y_ + 2);
        if (part.region) paint("<text class='on' x='{}' y='{}'>{}</text>\n", left + 8, base - 1, part.key);
        paint("<text x='{}' y='{}'>{}<title>{}</title></text>\n", name_x, base, escaped(shortened(part.name(), 20)),
              escaped(part.name()));
        paint("<text class='number' x='{}' y='{}'>0x{:08X}</text>\n", address_x, base,
              memory_->geometry.address() + part.place.begin);
        paint("<text class='number end' x='{}' y='{}'>{}</text>\n", size_x, base, size_text(part.place.size()));
        if (part.region)
            paint("<text class='soft' x='{}' y='{}'>{}</text>\n", role_x, base, to_string(part.region->role));
        double remark = fill_x;
        if (part.known) {
            fill_bar(part, colour);
            paint("<text x='{}' y='{}'>{}</text>\n", fill_text_x, base, part.fill_text());
            remark = remark_x;
        }
        const auto room = static_cast<std::size_t>((width - left - remark) / letter_width);
        paint("<text class='soft' x='{}' y='{}'>{}<title>{}</title></text>\n", remark, base,
              escaped(shortened(part.remark, room)), escaped(part.remark));
        y_ += row_height;
    }

    void fill_bar(const Part& part, const std::string& colour) {
        const double share = static_cast<double>(part.filled_bytes) / static_cast<double>(part.place.size());
        paint("<rect class='{} free' x='{}' y='{}' width='{}' height='10'/>\n", colour, fill_x, y_ + 5, fill_width);
        paint("<rect class='{}' x='{}' y='{}' width='{:.1f}' height='10'/>\n", colour, fill_x, y_ + 5,
              std::max(1.0, fill_width * share));
    }

    const MemoryDrawing* memory_ = nullptr;
    std::string text_;
    double y_;
};

} // namespace

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '\'')
            out += "&#39;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
    return out;
}

std::string svg(const Model& model, const Contents& contents) {
    const auto drawing = drawing_of(model, contents);
    Painter painter(84);
    for (const auto& memory : drawing.memories) painter.memory(memory);
    for (const auto& each : drawing.outside)
        painter.line(
            fmt::format("in no region: {} at {}, {}", each.name, address_text(each.address), bytes_text(each.size)));
    if (!contents.empty()) painter.line("faint: free room in a region whose contents are known");
    const double height = std::ceil(painter.bottom()) + 4;
    std::string text = fmt::format("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {0} {1}' width='{0}' "
                                   "height='{1}' role='img' aria-label='memory map of {2}'>\n",
                                   width, height, escaped(model.name));
    text += style;
    text += "<rect class='ground' width='100%' height='100%'/>\n";
    text += fmt::format("<text class='title' x='{}' y='34'>{}</text>\n", left, escaped(model.name));
    text += fmt::format("<text class='soft' x='{}' y='56'>{}, plan {}, largest image {}, fingerprint {}</text>\n", left,
                        escaped(model.mcu->name), to_string(model.core.plan), size_text(model.max_image),
                        to_hex(model.core.fingerprint));
    return text + painter.text() + "</svg>\n";
}

} // namespace outboot::layouts
