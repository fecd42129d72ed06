"""The browser's Back and Forward between lessons bring the views back."""

import pytest

pytestmark = pytest.mark.browser
WAIT_MS = 60_000
CHOSEN = "button[aria-checked=true]"


def chosen(page, text, address):
    page.wait_for_url(f"**{address}", timeout=WAIT_MS)
    page.locator(CHOSEN, has_text=text).wait_for(timeout=WAIT_MS)
    page.wait_for_function(
        "() => Object.keys(window.__stage?.stages ?? {}).length > 0", timeout=WAIT_MS
    )


def test_back_and_forward_restore_both_views(page, app_url):
    page.goto(f"{app_url}/vae?vae_part=The+weight+of+the+KL")
    chosen(page, "The weight of the KL", "vae_part=The+weight+of+the+KL")
    page.get_by_role("link", name="Latent space").first.click()
    chosen(page, "A plane", "/latent_space")
    page.get_by_text("Sliders", exact=True).first.click()
    chosen(page, "Sliders", "latent_space?latent_space_part=Sliders")
    page.go_back()
    chosen(page, "The weight of the KL", "/vae?vae_part=The+weight+of+the+KL")
    page.go_forward()
    chosen(page, "Sliders", "latent_space?latent_space_part=Sliders")
    # One step back for each page, not one for each control.
    page.go_back()
    chosen(page, "The weight of the KL", "/vae?vae_part=The+weight+of+the+KL")
