package org.rlaif.training.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The pictures of a run, in the order of the page; those it has no figures for are left out. */
final class Pictures {
  private Pictures() {}

  static List<Picture> of(RunFiles run) {
    RowPictures rows = new RowPictures(run);
    CurvePictures curves = new CurvePictures(run);
    return Stream.of(
            rows.winRates(),
            curves.scoreAgainstKl(),
            curves.updates(),
            curves.learning(),
            rows.accuracy(),
            rows.positionBias(),
            curves.losses(),
            rows.seconds())
        .flatMap(Optional::stream)
        .toList();
  }
}
