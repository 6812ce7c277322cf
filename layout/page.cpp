// The page: the picture, then what an update of this layout costs.
#include <fmt/format.h>

#include "layout/estimate.hpp"
#include "layout/svg.hpp"
#include "layout/text.hpp"

namespace outboot::layouts {
namespace {

constexpr const char* style = R"(<style>
  :root { color-scheme: light dark; --ground: #ffffff; --text: #1b2733; --soft: #5b6875; --line: #c9d1d9; }
  @media (prefers-color-scheme: dark) { :root { --ground: #14191f; --text: #e3e8ee; --soft: #93a1b0; --line: #3a4653; } }
  body { font: 14px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; background: var(--ground); color: var(--text); }
  svg { display: block; width: 100%; height: auto; }
  section { margin: 0 24px 2rem; } h2 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
  table { border-collapse: collapse; } td, th { padding: .15rem 1.2rem .15rem 0; border-bottom: 1px solid var(--line); text-align: left; }
  td.n, th.n { text-align: right; }
</style>
)";

std::string time_row(const char* name, const WorkTime& time, const char* remark) {
    return fmt::format(
        "<tr><td>{}</td><td class='n'>{:.1f} s</td><td class='n'>{:.1f} s</td><td class='n'>{:.1f} s</td>"
        "<td>{}</td></tr>\n",
        name, time.seconds(), static_cast<double>(time.code_flash_us) / 1e6,
        static_cast<double>(time.external_us) / 1e6, remark);
}

std::string times(const Estimate& estimate) {
    if (!estimate.times_known) return {};
    std::string text =
        "<h2>An update of a full image: flash work alone, at typical times</h2>\n<table><tr><th>phase</th>"
        "<th class='n'>in all</th><th class='n'>code flash</th><th class='n'>external chip</th><th></th>"
        "</tr>\n";
    text += time_row("staging", estimate.staging, "by the application, in any pieces");
    text += time_row("moving", estimate.moving, "");
    if (estimate.taking_back.seconds() > 0)
        text += time_row("taking back", estimate.taking_back, "if it isn't confirmed");
    return text + "</table>\n";
}

std::string wear_row(const char* name, const Wear& wear) {
    return fmt::format(
        "<tr><td>{}</td><td>{}</td><td class='n'>{}</td><td class='n'>{}</td><td class='n'>{}</td></tr>\n", name,
        address_text(wear.address), wear.erases, wear.cycles > 0 ? std::to_string(wear.cycles) : "unknown",
        wear.cycles > 0 ? std::to_string(wear.updates()) : "unknown");
}

} // namespace

std::string html_page(const Model& model, const Contents& contents) {
    const auto estimate = layouts::estimate(model);
    std::string text =
        fmt::format("<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>\n<meta name='viewport' "
                    "content='width=device-width'>\n<title>{}: memory map</title>\n{}</head><body>\n",
                    escaped(model.name), style);
    text += svg(model, contents) + "<section>\n" + times(estimate);
    text += "<h2>The block of each memory that wears most, by an update that is taken back again</h2>\n<table><tr><th>"
            "memory</th><th>block at</th><th class='n'>erases</th><th class='n'>it is good for</th><th class='n'>such "
            "updates</th></tr>\n";
    text += wear_row("code flash", estimate.code_flash) + wear_row("external", estimate.external) +
            wear_row("journal", estimate.journal) + "</table>\n";
    if (const auto first = first_worn(estimate); !first.empty())
        text += fmt::format("<p>Worn out first: {}.</p>\n", first);
    text += "</section>\n";
    return text + "</body></html>\n";
}

} // namespace outboot::layouts
