#include <fmt/format.h>
#include <fmt/ranges.h>

#include "layout/fingerprint.hpp"
#include "layout/geometry.hpp"
#include "layout/lock.hpp"
#include "layout/text.hpp"
#include "tool/doctor/layout_checks.hpp"

namespace outboot::tool::doctor {
namespace {

using layouts::Memory;
using layouts::size_text;

Findings check_sum(const layouts::LayoutSpec& spec, Memory memory, const std::string& path) {
    std::uint64_t sum = 0;
    std::vector<std::string> terms;
    for (const auto& region : spec.regions) {
        if (region.memory != memory || !region.size) continue;
        sum += *region.size;
        terms.push_back(fmt::format("{} {}", region.name, size_text(*region.size)));
    }
    const std::uint64_t size = layouts::geometry_of(memory, *spec.mcu, spec.external.get()).size();
    if (sum <= size) return {};
    const bool external = memory == Memory::external;
    return {{Severity::error, external ? "more-external-flash-than-exists" : "more-internal-flash-than-exists", path,
             fmt::format("{} uses more {} flash than exists: {} = {} ({:#x}), the {}'s {} has {} ({:#x}): {} too much",
                         path, external ? "external" : "internal", fmt::join(terms, " + "), size_text(sum), sum,
                         external ? spec.external->name : spec.mcu->name, layouts::to_string(memory), size_text(size),
                         size, size_text(sum - size)),
             memory == Memory::code_flash
                 ? "give the primary slot size = \"rest\"; it needs no room for a trailer, and with plan offset or "
                   "scratch the hole or scratch lies in the external chip, so the code flash is bootloader and slot "
                   "alone"
                 : "make regions smaller, or give the last one size = \"rest\""}};
}

} // namespace

Findings check_layout(const layouts::Diagnostics& diagnostics, const std::string& path) {
    Findings found;
    for (const auto& each : diagnostics.all())
        found.push_back({each.severity == layouts::Severity::error ? Severity::error : Severity::warning,
                         each.severity == layouts::Severity::error ? "layout-error" : "layout-warning", path,
                         layouts::describe(each, path), each.hint});
    return found;
}

Findings check_sums(const layouts::LayoutSpec& spec, const std::string& path) {
    Findings found;
    if (!spec.mcu) return found;
    for (const Memory memory : {Memory::code_flash, Memory::data_flash, Memory::external})
        if (layouts::has_memory(memory, *spec.mcu) && (memory != Memory::external || spec.external))
            append(found, check_sum(spec, memory, path));
    return found;
}

Findings check_lock(const layouts::Model& model, const std::optional<std::string>& lock) {
    const auto path = layouts::lock_path(model.file);
    const auto fingerprint = layouts::to_hex(model.core.fingerprint);
    if (!lock)
        return {{Severity::warning, "lock-missing", path,
                 fmt::format("{} has no lock file, so nobody sees when its fingerprint changes under devices in the "
                             "field",
                             model.file),
                 fmt::format("outboot layout lock {}, and commit {}", model.file, path)}};
    const auto locked = layouts::locked_fingerprint(*lock);
    if (locked && *locked == model.core.fingerprint) return {};
    return {{Severity::error, "lock-differs", path,
             locked ? fmt::format("{} says {}, but the layout's fingerprint is {} now: devices made with the old one "
                                  "refuse what is built from it",
                                  path, layouts::to_hex(*locked), fingerprint)
                    : fmt::format("{} isn't a lock file", path),
             fmt::format("undo the change of the layout; if it is meant, and for new devices: outboot layout lock {}",
                         model.file)}};
}

} // namespace outboot::tool::doctor
