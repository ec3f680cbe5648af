from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.vault import Vault, VaultError, generate_key
from tests.plugins.each_case import each_case

OLD, NEW = generate_key(), generate_key()


@given(owner=st.text(), secret=st.text())
def test_what_was_sealed_opens_for_its_owner(owner: str, secret: str) -> None:
    vault = Vault([NEW, OLD])
    assert vault.open(owner, vault.seal(owner, secret)) == secret


@given(owner=st.text(), other=st.text(), secret=st.text())
def test_what_was_sealed_opens_for_nobody_else(owner: str, other: str, secret: str) -> None:
    vault = Vault([NEW])
    if owner != other:
        with pytest.raises(VaultError):
            vault.open(other, vault.seal(owner, secret))


@given(secret=st.text(min_size=8), place=st.integers(min_value=0), flip=st.integers(min_value=1, max_value=127))
def test_what_was_altered_does_not_open(secret: str, place: int, flip: int) -> None:
    vault = Vault([NEW])
    # Bytes are altered, not base64's characters: some of those stand for the same bytes.
    sealed = bytearray(urlsafe_b64decode(vault.seal("account:T1:U1", secret)))
    sealed[place % len(sealed)] ^= flip
    with pytest.raises(VaultError):
        vault.open("account:T1:U1", urlsafe_b64encode(sealed).decode())


@given(owner=st.text(), text=st.text())
def test_a_signature_is_of_its_owner_text_and_key_and_outlives_a_new_key(owner: str, text: str) -> None:
    (old,) = Vault([OLD]).compute_signatures(owner, text)
    (new,) = Vault([NEW]).compute_signatures(owner, text)
    assert Vault([NEW, OLD]).compute_signatures(owner, text) == [new, old]
    others = [*Vault([OLD]).compute_signatures(f"{owner}x", text), *Vault([OLD]).compute_signatures(owner, f"{text}x")]
    assert len({old, new, *others}) == 4


@given(secret=st.text(min_size=8))
def test_the_sealed_form_does_not_show_the_secret(secret: str) -> None:
    assert secret not in Vault([NEW]).seal("account:T1:U1", secret)


def test_rotation_moves_a_secret_to_the_first_key() -> None:
    sealed = Vault([OLD]).seal("account:T1:U1", "CCIPAT_1")
    rotated = Vault([NEW, OLD]).rotate("account:T1:U1", sealed)
    assert Vault([NEW]).open("account:T1:U1", rotated) == "CCIPAT_1"
    with pytest.raises(VaultError):
        Vault([OLD]).open("account:T1:U1", rotated)


def test_rotation_opens_nothing_for_somebody_else() -> None:
    sealed = Vault([OLD]).seal("account:T1:U1", "CCIPAT_1")
    with pytest.raises(VaultError):
        Vault([NEW, OLD]).rotate("account:T1:U2", sealed)


def test_a_lost_key_is_told_in_a_sentence_that_holds_no_secret() -> None:
    sealed = Vault([OLD]).seal("account:T1:U1", "CCIPAT_1")
    with pytest.raises(VaultError, match="account:T1:U1") as caught:
        Vault([NEW]).open("account:T1:U1", sealed)
    assert all(secret not in str(caught.value) for secret in ("CCIPAT_1", sealed, OLD, NEW))
    assert caught.value.__cause__ is None


@each_case("key", ["", "password", "a" * 43, "0" * 64, "x" * 40, "schlüssel" * 5])
def test_what_is_no_key_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(VaultError, match="circlebot keys new") as caught:
        Vault([key])
    assert not key or key not in str(caught.value)


def test_without_a_key_nothing_can_be_kept() -> None:
    with pytest.raises(VaultError, match="circlebot keys new"):
        Vault([])
