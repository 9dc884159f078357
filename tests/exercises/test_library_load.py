from __future__ import annotations

import shutil

import pytest
from django.core.management import call_command

from clients.models import ConsentDocument
from exercises.library import LIBRARY, library_load
from exercises.models import Exercise, ExerciseVersion
from exercises.schema import SchemaError
from tests.factories import make_assignment

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    shutil.copy(LIBRARY / "journal.toml", tmp_path)
    return tmp_path


def rewrite(folder, old, new):
    file = folder / "journal.toml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_it_loads_every_file_once():
    files = len(list(LIBRARY.glob("*.toml")))
    assert library_load() == files == 10
    assert library_load() == 0
    assert ExerciseVersion.objects.count() == Exercise.objects.filter(owner=None).count() == files


def test_what_it_loads_can_be_practised():
    library_load()
    for version in ExerciseVersion.objects.all():
        assert version.parsed_steps()


def test_a_changed_file_is_a_new_version_and_the_assigned_one_stays(folder):
    library_load(folder)
    assigned = make_assignment(version=ExerciseVersion.objects.get())
    rewrite(folder, "A quiet page.", "A quieter page.")
    assert library_load(folder) == 1
    assert ExerciseVersion.objects.current().get().number == 2
    assigned.refresh_from_db()
    assert assigned.version.number == 1
    assert assigned.version.summary.startswith("A quiet page.")


def test_going_back_to_older_words_is_a_version_of_its_own(folder):
    for old, new in (("A quiet", "A quiet"), ("A quiet", "A calm"), ("A calm", "A quiet")):
        rewrite(folder, old, new)
        library_load(folder)
    assert [v.number for v in ExerciseVersion.objects.order_by("number")] == [1, 2, 3]


def test_a_broken_file_leaves_nothing_behind(folder):
    (folder / "aa.toml").write_text(
        (folder / "journal.toml").read_text().replace('"journal"', '"aa"', 1)
    )
    rewrite(folder, 'kind = "long_text"', 'kind = "essay"')
    with pytest.raises(SchemaError):
        library_load(folder)
    assert not Exercise.objects.exists()


def test_the_command_loads_exercises_and_consent_texts(capsys):
    call_command("load_library")
    assert "10 new exercise versions" in capsys.readouterr().out
    assert ConsentDocument.objects.exists()
