"""The widgets of a page as its messages describe them, and what they can be set to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from streamlit.proto.Element_pb2 import Element
from streamlit.proto.WidgetStates_pb2 import WidgetState

MOST_STEPS = 200  # of a slider; a hand does not find more


@dataclass
class Widget:
    """One control: where its value goes in a message, and what it may become.

    Attributes
    ----------
    slot : str
        Field of Streamlit's ``WidgetState``.
    param : str
        Its name in the URL; empty if it is not bound to it.
    told : bool
        The server set the value; otherwise a browser keeps the one it has.
    """

    id: str
    label: str
    slot: str
    value: Any
    values: Sequence[Any]
    usual: Any
    param: str = ""
    fragment: str = ""
    told: bool = True

    def write(self, state: WidgetState) -> None:
        """Put the value into a message, as a browser does."""
        state.id = self.id
        if self.slot.endswith("array_value"):
            getattr(state, self.slot).data[:] = [self.value]
        elif self.value is not None:
            setattr(state, self.slot, self.value)

    def at(self, share: float) -> Any:
        """Return the value at a share of the range, another than the present one."""
        place = min(int(share * len(self.values)), len(self.values) - 1)
        if self.values[place] == self.value:
            place = (place + 1) % len(self.values)
        return self.values[place]


def _slider(e: Any) -> tuple[str, Any, Sequence[Any], Any] | None:
    if len(e.default) != 1 or e.options or e.step <= 0:
        return None
    count = round((e.max - e.min) / e.step)
    every = -(-count // MOST_STEPS) or 1
    values = [e.min + e.step * i for i in range(0, count + 1, every)]
    value = e.value[0] if e.set_value and e.value else e.default[0]
    return "double_array_value", value, values, e.default[0]


def _buttons(e: Any) -> tuple[str, Any, Sequence[Any], Any] | None:
    values = [one.content for one in e.options]
    usual = values[e.default[0]] if e.default else None
    value = e.raw_values[0] if e.set_value and e.raw_values else usual
    return ("string_array_value", value, values, usual) if value else None


def _select(e: Any) -> tuple[str, Any, Sequence[Any], Any] | None:
    usual = e.options[e.default] if e.options else None
    value = e.raw_value if e.set_value else usual
    return "string_value", value, list(e.options), usual


def _switch(e: Any) -> tuple[str, Any, Sequence[Any], Any] | None:
    value = e.value if e.set_value else e.default
    return "bool_value", value, (False, True), e.default


def _number(e: Any) -> tuple[str, Any, Sequence[Any], Any] | None:
    low, high = e.min if e.has_min else e.default, e.max if e.has_max else e.default
    count = min(int((high - low) / (e.step or 1)), MOST_STEPS)
    values = [low + (e.step or 1) * i for i in range(count + 1)]
    value = e.value if e.set_value else e.default
    return "double_value", value, values, e.default


_KINDS: dict[str, Callable[[Any], tuple[str, Any, Sequence[Any], Any] | None]] = {
    "slider": _slider,
    "button_group": _buttons,
    "selectbox": _select,
    "checkbox": _switch,
    "number_input": _number,
}


def widget_of(element: Element, fragment: str) -> Widget | None:
    """Return the control that an element describes; None if it is none of ours."""
    kind = element.WhichOneof("type") or ""
    if kind not in _KINDS:
        return None
    said = getattr(element, kind)
    read = _KINDS[kind](said)
    if read is None:
        return None
    slot, value, values, usual = read
    param = said.query_param_key
    return Widget(
        said.id,
        said.label,
        slot,
        value,
        values,
        usual,
        param,
        fragment,
        said.set_value,
    )
