"""The one device that there is: a processor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.values import Object, shown

if TYPE_CHECKING:
    from collections.abc import Callable


class Device(Object):
    """`jax.devices()[0]`."""

    kind = "Device"

    @shown
    def id(self) -> int:
        """Its number."""
        return 0

    @shown
    def platform(self) -> str:
        """What it is."""
        return "cpu"

    @shown
    def device_kind(self) -> str:
        """What kind of it."""
        return "cpu"

    def show(self) -> str:
        """How a session shows it."""
        return "CpuDevice(id=0)"

    def text(self) -> str:
        """How it is printed."""
        return "cpu:0"


class Placed(Object):
    """`x.sharding`: where an array is."""

    kind = "SingleDeviceSharding"

    def show(self) -> str:
        """How it is shown."""
        return "SingleDeviceSharding(device=CpuDevice(id=0), memory_kind=device)"


DEVICE = Device()


def devices() -> dict[str, Callable[..., Any]]:
    """The functions that tell of devices."""
    return {
        "devices": lambda *_: [DEVICE],
        "local_devices": lambda **_: [DEVICE],
        "device_count": lambda *_: 1,
        "local_device_count": lambda *_: 1,
        "process_count": lambda *_: 1,
        "process_index": lambda *_: 0,
        "default_backend": lambda: "cpu",
    }
