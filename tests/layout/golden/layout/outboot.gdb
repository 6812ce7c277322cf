# made by outboot layout emit from layout.toml, do not edit
# layout fingerprint d43088e3cfa4131a
#
# gdb -x outboot.gdb, then
#   outboot-symbols BOOTLOADER.elf APPLICATION.elf   symbols of both, in either order
#   outboot-record                                   what the bootloader says of its last boot
# Bootloader 0x00000000 to 0x00004000, application from 0x00004200.

define outboot-symbols
  set confirm off
  symbol-file
  add-symbol-file $arg0
  add-symbol-file $arg1
  set confirm on
end
document outboot-symbols
Load the symbols of bootloader and application, each at the addresses it is linked for.
end

define outboot-reason
  if $arg0 == 0
    printf "none"
  end
  if $arg0 == 1
    printf "no_image"
  end
  if $arg0 == 2
    printf "bad_header"
  end
  if $arg0 == 3
    printf "bad_tlv"
  end
  if $arg0 == 4
    printf "too_large"
  end
  if $arg0 == 5
    printf "not_encrypted"
  end
  if $arg0 == 6
    printf "bad_encryption"
  end
  if $arg0 == 7
    printf "bad_hash"
  end
  if $arg0 == 8
    printf "unknown_key"
  end
  if $arg0 == 9
    printf "bad_signature"
  end
  if $arg0 == 10
    printf "wrong_layout"
  end
  if $arg0 == 11
    printf "no_fingerprint"
  end
  if $arg0 == 12
    printf "counter_too_low"
  end
  if $arg0 == 13
    printf "bad_vector"
  end
  if $arg0 == 14
    printf "needs_newer_table"
  end
  if $arg0 == 20
    printf "no_room_for_backup"
  end
  if $arg0 == 21
    printf "test_not_revertible"
  end
  if $arg0 == 22
    printf "looking_limit"
  end
  if $arg0 == 23
    printf "request_on_trial"
  end
  if $arg0 == 24
    printf "primary_changed"
  end
  if $arg0 == 25
    printf "not_confirmed"
  end
  if $arg0 == 26
    printf "primary_failed"
  end
  if $arg0 == 27
    printf "backup_lost"
  end
  if $arg0 == 30
    printf "chip_missing"
  end
  if $arg0 == 31
    printf "chip_read_failed"
  end
  if $arg0 == 32
    printf "chip_write_failed"
  end
  if $arg0 == 33
    printf "flash_failed"
  end
  if $arg0 == 34
    printf "journal_failed"
  end
  if $arg0 == 40
    printf "no_keys"
  end
  if $arg0 == 41
    printf "internal_error"
  end
end
document outboot-reason
A reason's name, by its number.
end

define outboot-phase
  if $arg0 == 1
    printf "idle"
  end
  if $arg0 == 2
    printf "moving"
  end
  if $arg0 == 3
    printf "on_trial"
  end
  if $arg0 == 4
    printf "restoring"
  end
end
document outboot-phase
A phase's name, by its number.
end

define outboot-outcome
  if $arg0 == 0
    printf "none"
  end
  if $arg0 == 1
    printf "installed"
  end
  if $arg0 == 2
    printf "on_trial"
  end
  if $arg0 == 3
    printf "refused"
  end
  if $arg0 == 4
    printf "abandoned"
  end
  if $arg0 == 5
    printf "reverted"
  end
  if $arg0 == 6
    printf "nothing_valid"
  end
end
document outboot-outcome
An outcome's name, by its number.
end

define outboot-record
  set $outboot_record = 0x2003ffc0
  if *(unsigned int *)$outboot_record != 0x5252424f
    printf "no RAM record at %#x: the bootloader hasn't run since power-on\n", $outboot_record
  else
    printf "this boot     "
    set $outboot_value = (int)*(unsigned char *)($outboot_record + 6)
    outboot-reason $outboot_value
    printf "\n"
    printf "phase         "
    set $outboot_value = (int)*(unsigned char *)($outboot_record + 16)
    outboot-phase $outboot_value
    printf "\n"
    printf "last outcome  "
    set $outboot_value = (int)*(unsigned char *)($outboot_record + 21)
    outboot-outcome $outboot_value
    printf "\n"
    printf "its reason    "
    set $outboot_value = (int)*(unsigned char *)($outboot_record + 22)
    outboot-reason $outboot_value
    printf "\n"
    printf "started       "
    set $outboot_value = (int)*(unsigned char *)($outboot_record + 8)
    output $outboot_value
    printf "\n"
  end
end
document outboot-record
The bootloader's RAM record: why nothing runs, what became of the last update.
end
