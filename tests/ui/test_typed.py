"""The field for a short text: what cannot be read is told and given up."""

from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from explorer.ui.typed import count_run, text

    count_run()  # as every lesson's body does
    st.session_state["_lesson"] = "page"

    def why_not(typed):
        return "" if typed.isdigit() else f"A whole number, not “{typed}”."

    if not st.toggle("Away"):
        st.text(text("Number", "7", key="n", why_not=why_not))
    st.button("again")


def opened(**link: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=30)
    for name, value in link.items():
        app.query_params[name] = value
    return app.run()


def told(app: AppTest) -> str:
    return " ".join(one.value for one in app.info)


def test_a_refused_text_is_told_and_stays_neither_in_the_field_nor_in_the_link():
    app = opened(page_n="12")
    assert not told(app)
    app.text_input[0].set_value("abc").run()
    assert "not “abc”" in told(app)
    assert "goes on with 12" in told(app)
    assert app.text_input[0].value == app.text[0].value == "12"
    assert app.query_params["page_n"] == "12"
    app.button[0].click().run()
    assert "not “abc”" in told(app)  # until another text is taken
    app.text_input[0].set_value("3").run()
    assert not told(app)
    assert app.text[0].value == "3"


def test_a_link_that_is_too_long_is_quoted_in_part():
    app = opened(page_n="1" * 900)
    assert "1" * 40 + "…" in told(app)
    assert app.text_input[0].value == "7"
    assert "page_n" not in app.query_params


def test_a_link_that_cannot_be_read_is_told_and_taken_out():
    app = opened(page_n="*abc*")
    assert not app.exception
    assert "abc" in told(app)
    assert "goes on with 7" in told(app)
    assert app.text_input[0].value == "7"
    assert "page_n" not in app.query_params


def test_a_sentence_goes_with_its_field():
    app = opened()
    app.text_input[0].set_value("abc").run()
    assert told(app)
    app.toggle[0].set_value(True).run()
    app.toggle[0].set_value(False).run()
    assert app.text[0].value == "7"
    assert not told(app)
