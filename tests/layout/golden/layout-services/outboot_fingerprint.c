/* made by outboot layout emit from layout-services.toml, do not edit
 * layout fingerprint 670fb664691896f0
 */
#include <stdint.h>

extern const uint8_t outboot_layout_fingerprint[8];
__attribute__((used, section(".outboot.fingerprint")))
const uint8_t outboot_layout_fingerprint[8] = {0x67, 0x0f, 0xb6, 0x64, 0x69, 0x18, 0x96, 0xf0};
