"""Every definition of transfer for an arm of a run."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.analysis.report import Report
from experiments.measures.transfer import MEANINGS
from experiments.report.sections.definitions import definitions_table
from tests.support.report import whole_report

ARM = "bwt-sequential"


@pytest.fixture(scope="module")
def report() -> Report:
    return whole_report()


def test_every_definition_is_there_and_gem_s_is_the_report_s_own(report: Report) -> None:
    found = report.cliff[ARM]
    assert set(found.transfer) == set(MEANINGS)
    assert found.transfer["bwt"].per_seed == pytest.approx(found.backward_transfer.per_seed)
    assert found.transfer["bwt"].low == pytest.approx(found.backward_transfer.low)
    assert found.transfer["forgetting_avalanche"].per_seed == pytest.approx(
        [-one for one in found.backward_transfer.per_seed]
    )
    assert (found.transfer["forgetting_avalanche"].low) == pytest.approx(-found.backward_transfer.high)


def test_accuracy_is_the_unweighted_mean_of_final_scores(report: Report) -> None:
    final = [report.scores[ARM][name].estimate for name in report.domains]
    assert report.cliff[ARM].transfer["acc"].estimate == pytest.approx(np.mean(final))


def test_intransigence_is_against_plain_joint_training(report: Report) -> None:
    joint = np.mean([report.scores["joint"][name].estimate for name in report.domains])
    points = report.trajectories[ARM]
    order = report.arms[ARM].order
    learnt = np.mean([points[at].scores[name].estimate for at, name in enumerate(order, start=1)])
    assert report.cliff[ARM].transfer["intransigence_chaudhry"].estimate == pytest.approx(joint - learnt)


def test_what_is_cut_off_at_nothing_has_an_interval_that_is_too(report: Report) -> None:
    backward, kept = (report.cliff[ARM].transfer[name] for name in ("bwt_diaz", "remembering_diaz"))
    assert kept.low == pytest.approx(1 + min(backward.low, 0.0))
    assert report.cliff[ARM].transfer["positive_bwt_diaz"].low >= 0


def test_joint_training_has_accuracy_and_no_transfer(report: Report) -> None:
    found = report.cliff["joint"].transfer
    assert found["acc"].estimate is not None
    assert found["bwt"].missing == "the arm has too few stages"
    assert found["intransigence_chaudhry"].missing == "no joint training beside it"


def test_the_page_names_every_definition_with_its_source(report: Report) -> None:
    page = definitions_table(report.cliff[ARM])
    assert all(name in page for name in MEANINGS)
    assert "arXiv 1810.13166" in page
