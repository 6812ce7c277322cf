#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "layout/emit.hpp"
#include "layout/fingerprint.hpp"
#include "layout/services.hpp"

namespace outboot::layouts {
namespace {

// Only the file's name: what is emitted must not depend on where it is built.
std::string source_name(const Model& model) {
    return std::filesystem::path(model.file).filename().string();
}

nlohmann::ordered_json regions_json(const Model& model) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& region : model.regions)
        list.push_back({{"name", region.name},
                        {"role", to_string(region.role)},
                        {"memory", to_string(region.memory)},
                        {"address", region.address},
                        {"offset", region.offset},
                        {"size", region.size},
                        {"sections", region.sections}});
    return list;
}

nlohmann::ordered_json external_json(const Model& model) {
    return {{"part", model.external->name},
            {"address", model.mcu->external_window.address},
            {"size", model.external->size},
            {"jedec_id", model.external->jedec_id},
            {"chunk_block", model.core.external_chunk_block}};
}

nlohmann::ordered_json services_json(const core::Layout& core) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& service : services())
        if ((core.services >> service.number & 1) != 0) list.push_back(service.name);
    return list;
}

nlohmann::ordered_json chunks_json(const Model& model) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& chunk : model.chunks) list.push_back({{"offset", chunk.offset}, {"size", chunk.size}});
    return list;
}

} // namespace

std::vector<std::string> emitted_notice(const Model& model) {
    return {fmt::format("made by outboot layout emit from {}, do not edit", source_name(model)),
            fmt::format("layout fingerprint {}", to_hex(model.core.fingerprint))};
}

std::string json(const Model& model) {
    const core::Layout& core = model.core;
    const nlohmann::ordered_json root{{"notice", emitted_notice(model).front()},
                                      {"fingerprint", to_hex(core.fingerprint)},
                                      {"name", model.name},
                                      {"mcu", model.mcu->name},
                                      {"plan", to_string(core.plan)},
                                      {"signature", to_string(model.signature)},
                                      {"encryption", to_string(model.encryption)},
                                      {"encrypted_updates", core.encryption_required},
                                      {"header_size", core.header_size},
                                      {"program_unit", core.primary_program_unit},
                                      {"largest_image", model.max_image},
                                      {"application_address", model.application_address()},
                                      {"keys_address", core.keys_address},
                                      {"ram_record_address", core.ram_record_address},
                                      {"crypto", model.fast_crypto ? "fast" : "compact"},
                                      {"service_table_address", core.service_table_address},
                                      {"services", services_json(core)},
                                      {"external", external_json(model)},
                                      {"regions", regions_json(model)},
                                      {"chunks", chunks_json(model)}};
    return root.dump(2) + "\n";
}

std::string cmake_variables(const Model& model) {
    std::string text;
    for (const auto& line : emitted_notice(model)) text += fmt::format("# {}\n", line);
    const auto set = [&](std::string_view name, const std::string& value) {
        text += fmt::format("set(OUTBOOT_LAYOUT_{} \"{}\")\n", name, value);
    };
    set("NAME", model.name);
    set("FINGERPRINT", to_hex(model.core.fingerprint));
    set("MCU", model.mcu->name);
    set("PLAN", to_string(model.core.plan));
    set("HEADER_SIZE", fmt::format("{:#x}", model.core.header_size));
    set("SLOT_SIZE", fmt::format("{:#x}", model.primary().size));
    set("ALIGN", fmt::format("{}", model.core.primary_program_unit));
    set("APPLICATION_ADDRESS", fmt::format("{:#x}", model.application_address()));
    set("BOOTLOADER_SIZE", fmt::format("{:#x}", model.find(Role::bootloader)->size));
    set("CRYPTO", model.fast_crypto ? "fast" : "compact");
    set("SERVICES", model.core.services != 0 ? "ON" : "OFF");
    set("KEYS_ADDRESS", fmt::format("{:#x}", model.core.keys_address));
    return text;
}

std::vector<EmittedFile> emit_all(const Model& model, const ProgramPaths& programs) {
    std::vector<EmittedFile> files{{"outboot_layout.hpp", cpp_header(model)},
                                   {"outboot_layout.h", c_header(model)},
                                   {"outboot_fingerprint.c", c_fingerprint(model)},
                                   {"bootloader_memory.ld", bootloader_memory(model)},
                                   {"app_memory.ld", app_memory(model)},
                                   {"app_sections.ld", app_sections(model)},
                                   {"layout.cmake", cmake_variables(model)},
                                   {"layout.json", json(model)},
                                   {"imgtool.args", imgtool_arguments(model)},
                                   {"outboot.gdb", gdb_script(model)},
                                   {".vscode/launch.json", launch_json(model, programs)}};
    if (model.mcu->fsp) files.push_back({"memory_regions.ld", fsp_memory_regions(model)});
    return files;
}

} // namespace outboot::layouts
