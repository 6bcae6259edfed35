"""Made-up system trees: the files of a Jetson Orin Nano, a ROCK 5B and a PC that edge.board reads, laid out as NVIDIA's
and Rockchip's documents and drivers describe them. None was recorded on a board."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

ARM_FEATURES = "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp"

JETSON: dict[str, str] = {
    "/proc/device-tree/model": "NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super\0",
    "/proc/device-tree/compatible": "nvidia,p3768-0000+p3767-0005-super\0nvidia,p3767-0005\0nvidia,tegra234\0",
    "/proc/version": "Linux version 5.15.148-tegra (buildbrain@mobile) (aarch64-buildroot-linux-gnu-gcc.br_real)\n",
    "/etc/os-release": 'NAME="Ubuntu"\nPRETTY_NAME="Ubuntu 22.04.5 LTS"\n',
    "/etc/nv_tegra_release": "# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64\n",
    "/usr/local/cuda/version.json": '{"cuda" : {"name" : "CUDA SDK", "version" : "12.6.68"}}',
    "/etc/nvpmodel.conf": "< POWER_MODEL ID=0 NAME=15W >\nCPU_ONLINE CORE_0 1\n< POWER_MODEL ID=1 NAME=25W >\n"
    "< POWER_MODEL ID=2 NAME=MAXN_SUPER >\n< PM_CONFIG DEFAULT=1 >\n",
    "/var/lib/nvpmodel/status": "pmode:0002\n",
    "/proc/meminfo": "MemTotal:        7802728 kB\nMemFree:         3100000 kB\nMemAvailable:    5200000 kB\n"
    "SwapTotal:       3901360 kB\nSwapFree:        3901360 kB\n",
    "/proc/swaps": "Filename\tType\t\tSize\t\tUsed\t\tPriority\n"
    + "".join(f"/dev/zram{n}\tpartition\t650224\t\t0\t\t5\n" for n in range(6)),
    "/sys/class/devfreq/17000000.gpu/governor": "nvhost_podgov\n",
    "/sys/class/devfreq/17000000.gpu/cur_freq": "1020000000\n",
    "/sys/class/devfreq/17000000.gpu/min_freq": "1020000000\n",
    "/sys/class/devfreq/17000000.gpu/max_freq": "1020000000\n",
    "/sys/class/devfreq/17000000.gpu/available_frequencies": "306000000 612000000 918000000 1020000000\n",
    "/sys/kernel/debug/bpmp/debug/clk/emc/rate": "3199000000\n",
    "/sys/kernel/debug/bpmp/debug/clk/emc/max_rate": "3199000000\n",
    "/sys/kernel/debug/bpmp/debug/clk/emc/mrq_rate_locked": "1\n",
    "/sys/class/thermal/thermal_zone0/type": "cpu-thermal\n",
    "/sys/class/thermal/thermal_zone0/temp": "48562\n",
    "/sys/class/thermal/thermal_zone1/type": "gpu-thermal\n",
    "/sys/class/thermal/thermal_zone1/temp": "49218\n",
    "/sys/class/thermal/thermal_zone2/type": "cv0-thermal\n",
    "/sys/class/thermal/thermal_zone2/temp": "-256000\n",
    "/sys/class/thermal/cooling_device0/type": "pwm-fan\n",
    "/sys/class/thermal/cooling_device0/cur_state": "2\n",
    "/sys/class/hwmon/hwmon3/oc1_event_cnt": "0\n",
    "/sys/class/hwmon/hwmon3/oc3_event_cnt": "0\n",
    "/proc/cpuinfo": "".join(
        f"processor\t: {n}\nFeatures\t: {ARM_FEATURES}\nCPU part\t: 0xd42\n\n" for n in range(6)
    ),
} | {
    f"/sys/devices/system/cpu/cpufreq/policy{first}/{name}": f"{value}\n"
    for first, cores in ((0, "0 1 2 3"), (4, "4 5"))
    for name, value in {
        "related_cpus": cores, "scaling_governor": "schedutil", "scaling_cur_freq": 1728000,
        "scaling_min_freq": 1728000, "scaling_max_freq": 1728000, "cpuinfo_max_freq": 1728000,
    }.items()
}  # fmt: skip

ROCK5B: dict[str, str] = {
    "/proc/device-tree/model": "Radxa ROCK 5B\0",
    "/proc/device-tree/compatible": "radxa,rock-5b\0rockchip,rk3588\0",
    "/proc/version": "Linux version 6.1.84-7-rk2410 (radxa@build) (aarch64-linux-gnu-gcc 12.2.0)\n",
    "/etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    "/proc/meminfo": "MemTotal:        8122304 kB\nMemAvailable:    6900000 kB\nSwapTotal:       4061152 kB\n"
    "SwapFree:        4061152 kB\n",
    "/proc/swaps": "Filename Type Size Used Priority\n/dev/zram0 partition 4061152 0 100\n",
    "/sys/module/rknpu/version": "0.9.8\n",
    "/proc/cpuinfo": "".join(
        f"processor\t: {n}\nFeatures\t: {ARM_FEATURES}\nCPU part\t: {'0xd05' if n < 4 else '0xd0b'}\n\n"
        for n in range(8)
    ),
    "/sys/class/thermal/thermal_zone0/type": "soc-thermal\n",
    "/sys/class/thermal/thermal_zone0/temp": "52692\n",
    "/sys/class/thermal/cooling_device0/type": "cpufreq-cpu0\n",
    "/sys/class/thermal/cooling_device0/cur_state": "0\n",
} | {
    f"/sys/class/devfreq/{device}/{name}": f"{value}\n"
    for device, top in (("fdab0000.npu", 1000000000), ("fb000000.gpu", 1000000000), ("dmc", 2112000000))
    for name, value in {
        "governor": "userspace", "cur_freq": top, "min_freq": 300000000, "max_freq": top,
        "available_frequencies": f"300000000 {top}",
    }.items()
} | {
    f"/sys/devices/system/cpu/cpufreq/policy{first}/{name}": f"{value}\n"
    for first, cores, top in ((0, "0 1 2 3", 1800000), (4, "4 5", 2352000), (6, "6 7", 2352000))
    for name, value in {
        "related_cpus": cores, "scaling_governor": "performance", "scaling_cur_freq": top,
        "scaling_min_freq": 408000, "scaling_max_freq": top, "cpuinfo_max_freq": top,
    }.items()
}  # fmt: skip

PC: dict[str, str] = {
    "/sys/class/dmi/id/sys_vendor": "Dell Inc.\n",
    "/sys/class/dmi/id/product_name": "OptiPlex 7010\n",
    "/proc/version": "Linux version 6.8.0-45-generic (buildd@lcy02) (x86_64-linux-gnu-gcc-13)\n",
    "/etc/os-release": 'PRETTY_NAME="Ubuntu 24.04.1 LTS"\n',
    "/proc/meminfo": "MemTotal:       16218604 kB\nMemAvailable:   12874112 kB\nSwapTotal:       2097148 kB\n",
    "/proc/driver/nvidia/gpus/0000:01:00.0/information": "Model: \t\t NVIDIA T400 4GB\nIRQ:   \t\t 142\n",
    "/sys/devices/system/cpu/cpufreq/policy0/scaling_governor": "powersave\n",
    "/sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq": "800000\n",
    "/sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq": "4600000\n",
    "/sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count": "0\n",
    "/sys/class/thermal/thermal_zone0/type": "x86_pkg_temp\n",
    "/sys/class/thermal/thermal_zone0/temp": "41000\n",
    "/proc/loadavg": "0.31 0.25 0.20 1/345 6789\n",
    "/proc/cpuinfo": "".join(
        f"processor\t: {n}\nmodel name\t: Intel(R) Core(TM) i5-13500\n"
        "flags\t\t: fpu sse4_2 avx f16c fma bmi2 avx2 avx_vnni\n\n"
        for n in range(4)
    ),
}


def plant(root: Path, files: Mapping[str, str | None], **changed: str | None) -> Path:
    """``files`` under ``root``. In ``changed`` a name's last part stands for the one file that ends with it ("dmc" and
    other folders go by None: every file with that part in its path is left out)."""
    for path, text in files.items():
        parts = path.split("/")
        if any(value is None and name in parts for name, value in changed.items()):
            continue
        text = next((value for name, value in changed.items() if value is not None and parts[-1] == name), text)
        file = root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((text or "").encode())
    return root
