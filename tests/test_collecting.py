"""Stylesheets and scripts are collected at the first start and whenever they have changed, and not at every start."""

from __future__ import annotations

from pathlib import Path

from django.test import override_settings

from kvarter.cli.serving import collect_files


def test_files_are_collected_anew_only_when_one_of_them_is_another(tmp_path: Path) -> None:
    ours, home = tmp_path / "ours", tmp_path / "home"
    ours.mkdir()
    (ours / "a.css").write_text("a {}")
    with override_settings(HOME=home, STATIC_ROOT=home / "static", STATICFILES_DIRS=[ours]):
        home.mkdir()
        collect_files()
        kept = home / "static" / "a.css"
        assert kept.read_text() == "a {}"
        assert (home / "static" / "surveys" / "answer.css").is_file()
        kept.unlink()
        collect_files()
        assert not kept.exists()  # nothing was done
        (ours / "a.css").write_text("b {}")  # as long as before
        collect_files()
        assert kept.read_text() == "b {}"
        (ours / "b.css").write_text("")
        collect_files()
        assert (home / "static" / "b.css").is_file()
