package org.rlaif.training.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.rlaif.training.config.DataConfig;
import org.rlaif.training.rows.DataFile;
import org.rlaif.training.rows.DataFiles;
import org.rlaif.training.rows.FileRows;
import org.rlaif.training.rows.Row;
import org.rlaif.training.rows.RowFile;

/** Reads files into lessons, and counts. What it has read once is a duplicate in any later file. */
final class LessonFiles {
  private final DataConfig config;
  private final Layouts layouts;
  private final Set<Lesson> seen = new HashSet<>();
  private final SortedMap<String, Integer> byLayout = new TreeMap<>();
  private final SortedMap<String, Integer> leftOut = new TreeMap<>();
  private final SortedMap<String, Integer> noted = new TreeMap<>();
  private final List<RecognisedFile> recognised = new ArrayList<>();

  LessonFiles(DataConfig config, long seed, boolean learned) {
    this.config = config;
    this.layouts = new Layouts(config, seed, learned);
  }

  /** The lessons of all rows that are not left out, in their order. */
  List<Lesson> read(List<String> files) {
    List<Lesson> lessons = new ArrayList<>();
    for (DataFile file : DataFiles.of(files, config.allFiles())) {
      FileRows content = RowFile.read(file, config.limits(), config.where());
      RowCounts.add(leftOut, "where", content.left());
      recognised.add(RecognisedFile.of(file, content));
      content.rows().forEach(row -> add(row, lessons));
    }
    return lessons;
  }

  private void add(Row row, List<Lesson> lessons) {
    Layouts.Recognised recognised = layouts.read(row);
    Reading reading = recognised.reading();
    RowCounts.add(byLayout, recognised.layout().word(), 1);
    Map<String, Integer> counts = reading.isLeftOut() ? leftOut : noted;
    reading.notes().forEach(note -> RowCounts.add(counts, note, 1));
    for (Lesson lesson : reading.lessons()) {
      if (config.duplicates() == DataConfig.Duplicates.KEEP || seen.add(lesson.content())) {
        lessons.add(lesson);
      } else {
        RowCounts.add(leftOut, "duplicates", 1);
      }
    }
  }

  /** What all files so far were. */
  List<RecognisedFile> recognised() {
    return recognised;
  }

  /** What has become of all rows so far. */
  RowCounts counts() {
    return new RowCounts(byLayout, leftOut, noted);
  }
}
