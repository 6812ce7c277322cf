#include <fmt/format.h>

#include "tool/explore_rows.hpp"

namespace outboot::tool {
namespace {

// A history that shows all there is to see: staged, asked for, cut in the moves, gone on with, confirmed.
constexpr const char* sample_history = "offset-2:b,s1,t,b@27i,b,c,b";

constexpr const char* style = R"(<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: #1b2733; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid #dde3ea; }
th:first-child, td:first-child, th.t, td.t { text-align: left; }
td.bad { color: #b3261e; font-weight: 600; } td.good { color: #1a7f4b; } td.cut { color: #8a6d1a; }
pre { margin: .2rem 0 .6rem; font-size: 12px; color: #51606f; }
p { margin: .3rem 0; } details { margin: .3rem 0; font-size: 13px; }
svg { display: block; } svg text { font: 12px system-ui, sans-serif; fill: #1b2733; }
.key span { display: inline-block; width: .9em; height: .9em; border: 1px solid #9aa7b4; margin: 0 .3em 0 1em; }
</style>)";

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '<') {
            out += "&lt;";
        } else if (c == '&') {
            out += "&amp;";
        } else {
            out += c;
        }
    }
    return out;
}

const char* colour_of(char cell) {
    static constexpr const char* shades[] = {"#4c78a8", "#f2a33a", "#54a24b", "#b279a2"}; // of each image
    if (cell == '.') return "#ffffff";
    if (cell == '~') return "#d62728";
    if (cell == '?') return "#c3ccd5";
    const char first = cell >= 'a' ? 'a' : cell >= 'A' ? 'A' : '0';
    return shades[static_cast<std::size_t>(cell - first) % std::size(shades)];
}

// One chip's cells in a row; what is encrypted has a mark in it.
std::string strip(const std::string& cells, int y, const char* label) {
    std::string out = fmt::format("<text x='0' y='{}'>{}</text>", y + 14, label);
    int x = 110;
    for (const char cell : cells) {
        out += fmt::format("<rect x='{}' y='{}' width='20' height='18' fill='{}' stroke='#9aa7b4'/>", x, y,
                           colour_of(cell));
        if (cell >= 'A') {
            const char* mark = cell == '~' ? "" : cell >= 'a' ? "s" : "b";
            out += fmt::format("<text x='{}' y='{}' style='fill:#fff'>{}</text>", x + 7, y + 13, mark);
        }
        x += 22;
    }
    return out;
}

// The operations can be unfolded; what the supply did is in the open.
std::string frame_of(const explore::Frame& frame) {
    std::string out = fmt::format("<h3>{}</h3>\n", escaped(frame.story.empty() ? "" : frame.story.front()));
    std::string operations;
    std::size_t count = 0;
    for (std::size_t i = 1; i < frame.story.size(); ++i) {
        const std::string line = escaped(frame.story[i]);
        const bool told = line.find("&lt;-") != std::string::npos || line.ends_with("runs");
        if (told) out += fmt::format("<p>{}</p>\n", line);
        operations += line + "\n";
        count += line.ends_with("runs") ? 0U : 1U;
    }
    if (count != 0) {
        out += fmt::format("<details><summary>{} operations</summary><pre>{}</pre></details>\n", count, operations);
    }
    if (frame.inside.empty()) return out;
    const auto width = 112 + 22 * std::max(frame.inside.size(), frame.outside.size());
    return out + fmt::format("<svg width='{}' height='46' role='img'>{}{}</svg>\n", width,
                             strip(frame.inside, 0, "inside"), strip(frame.outside, 24, "external chip"));
}

std::string table_row(const ExploreRow& row) {
    const auto& p = row.outcome.progress;
    const bool bad = row.outcome.violation.has_value();
    const char* result = bad ? "violation" : row.outcome.complete ? "complete" : row.walked ? "walked" : "cut off";
    return fmt::format("<tr><td title='{}'>{}</td><td class='t'>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{:.1f}</td>"
                       "<td class='{}'>{}</td></tr>\n",
                       escaped(row.campaign.about), escaped(row.campaign.name), escaped(row.campaign.plan), p.states,
                       p.edges, bad ? 1 : 0, p.seconds,
                       bad                    ? "bad"
                       : row.outcome.complete ? "good"
                                              : "cut",
                       result);
}

std::string history_section(const std::string& line, const std::string& title) {
    const explore::Picture picture = explore::picture_of_line(line);
    if (picture.frames.empty()) return {};
    std::string out =
        fmt::format("<h2>{}</h2>\n<p><code>outboot explore --replay '{}'</code></p>\n", escaped(title), escaped(line));
    out += "<p class='key'>Each cell is 64 bytes:<span style='background:#fff'></span>erased"
           "<span style='background:#4c78a8'></span>image 0<span style='background:#f2a33a'></span>image 1"
           "<span style='background:#d62728'></span>torn<span style='background:#c3ccd5'></span>other; "
           "s: as staged, b: as a backup</p>\n";
    for (const auto& frame : picture.frames) out += frame_of(frame);
    if (!picture.wrong.empty()) out += fmt::format("<p><b>In the end: {}</b></p>\n", escaped(picture.wrong));
    return out;
}

} // namespace

std::string explore_page(const std::vector<ExploreRow>& rows) {
    std::string out = "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>outboot explore</title>\n";
    out += style;
    out += "\n</head><body>\n<h1>Explored power cuts</h1>\n<table><tr><th>geometry</th><th "
           "class='t'>plan</th><th>states</th>"
           "<th>edges</th><th>violations</th><th>seconds</th><th>result</th></tr>\n";
    for (const ExploreRow& row : rows) out += table_row(row);
    out += "</table>\n";
    bool told = false;
    for (const ExploreRow& row : rows) {
        if (!row.outcome.violation) continue;
        const std::string line = explore::to_text(row.campaign.name, row.outcome.violation->history);
        out += history_section(line, row.campaign.name + ": " + row.outcome.violation->what);
        told = true;
    }
    if (!told) out += history_section(sample_history, "One history of many");
    return out + "</body></html>\n";
}

} // namespace outboot::tool
