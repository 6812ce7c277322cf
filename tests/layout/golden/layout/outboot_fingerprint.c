/* made by outboot layout emit from layout.toml, do not edit
 * layout fingerprint d43088e3cfa4131a
 */
#include <stdint.h>

extern const uint8_t outboot_layout_fingerprint[8];
__attribute__((used, section(".outboot.fingerprint")))
const uint8_t outboot_layout_fingerprint[8] = {0xd4, 0x30, 0x88, 0xe3, 0xcf, 0xa4, 0x13, 0x1a};
