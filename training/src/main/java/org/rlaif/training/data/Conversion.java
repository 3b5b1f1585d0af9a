package org.rlaif.training.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.DataConfig;
import org.rlaif.training.rows.DataFile;
import org.rlaif.training.rows.DataFiles;
import org.rlaif.training.rows.FileRows;
import org.rlaif.training.rows.Row;
import org.rlaif.training.rows.RowFile;

/**
 * The rows of some files in another layout. They are read as the data stage of a run does, and in
 * our own layout, with its probabilities and provenance.
 *
 * @param files what was recognised
 * @param layouts how many rows were read as which; {@code rlaif} is our own
 * @param leftOut how many were not taken, by the reason
 * @param noted what is to be known about others
 * @param kind of the rows
 */
public record Conversion(
    List<RecognisedFile> files,
    Map<String, Integer> layouts,
    Map<String, Integer> leftOut,
    Map<String, Integer> noted,
    ConvertedKind kind,
    List<ObjectNode> rows) {

  /** Whose layout. */
  public enum Form {
    TRL,
    RLAIF
  }

  /**
   * Reads files and turns their rows into others.
   *
   * @param wanted what they are to be; null: the first kind that any row is
   */
  public static Conversion of(
      DataConfig config, long seed, Form form, @Nullable ConvertedKind wanted) {
    var reading = new Source(config, seed);
    List<Convertible> all = reading.read();
    ConvertedKind kind =
        wanted != null
            ? wanted
            : Arrays.stream(ConvertedKind.values())
                .filter(each -> all.stream().anyMatch(row -> row.isAlso(each)))
                .findFirst()
                .orElse(ConvertedKind.COMPLETION);
    int others = (int) all.stream().filter(each -> !each.isAlso(kind)).count();
    RowCounts.add(reading.leftOut, "no" + kind.name().charAt(0) + kind.word().substring(1), others);
    SortedMap<String, Integer> noted = new TreeMap<>(reading.noted);
    List<ObjectNode> rows;
    if (form == Form.RLAIF) {
      rows = all.stream().flatMap(each -> each.rows(kind)).toList();
    } else {
      var trl = new TrlRows(reading.leftOut, noted);
      rows = all.stream().flatMap(e -> e.all(kind)).map(trl::row).filter(Objects::nonNull).toList();
      TrlRows.requireAlike(rows);
    }
    UserError.require(
        !rows.isEmpty(), "rows of kind " + kind.word(), 0, "at least 1; --as says another kind");
    return new Conversion(reading.files, reading.layouts, reading.leftOut, noted, kind, rows);
  }

  /** Rows as they are read, and counted. */
  private static final class Source {
    private final DataConfig config;
    private final Layouts layoutsOf;
    private final Layout unpaired;
    private final Set<Object> seen = new HashSet<>();
    private final List<RecognisedFile> files = new ArrayList<>();
    private final SortedMap<String, Integer> layouts = new TreeMap<>();
    private final SortedMap<String, Integer> leftOut = new TreeMap<>();
    private final SortedMap<String, Integer> noted = new TreeMap<>();

    Source(DataConfig config, long seed) {
      this.config = config;
      this.layoutsOf = new Layouts(config, seed, /* learned= */ false);
      this.unpaired = new UnpairedLayout(new RowParts(config));
    }

    List<Convertible> read() {
      List<Convertible> all = new ArrayList<>();
      for (DataFile file : DataFiles.of(config.allFiles(), config.allFiles())) {
        FileRows content = RowFile.read(file, config.limits(), config.where());
        RowCounts.add(leftOut, "where", content.left());
        files.add(RecognisedFile.of(file, content));
        content.rows().forEach(row -> add(row, all));
      }
      return all;
    }

    private void add(Row row, List<Convertible> all) {
      Convertible own = OwnRows.mayBe(config) ? OwnRows.read(row) : null;
      if (own != null) {
        RowCounts.add(layouts, "rlaif", 1);
        addUnlessSeen(content(own), own, all);
        return;
      }
      Layouts.Recognised recognised =
          isUnpaired(row)
              ? new Layouts.Recognised(DataConfig.Layout.UNPAIRED, unpaired.read(row))
              : layoutsOf.read(row);
      RowCounts.add(layouts, recognised.layout().word(), 1);
      Reading reading = recognised.reading();
      Map<String, Integer> counts = reading.isLeftOut() ? leftOut : noted;
      reading.notes().forEach(note -> RowCounts.add(counts, note, 1));
      for (Lesson lesson : reading.lessons()) {
        addUnlessSeen(lesson.content(), Convertible.of(lesson), all);
      }
    }

    /** By itself a label may mean anything; true or false beside a completion is TRL's. */
    private boolean isUnpaired(Row row) {
      String label = row.columns().path(config.columns().label()).asText();
      return config.layout() == DataConfig.Layout.AUTO
          && unpaired.fits(row)
          && (label.equalsIgnoreCase("true") || label.equalsIgnoreCase("false"));
    }

    private void addUnlessSeen(Object content, Convertible row, List<Convertible> all) {
      if (config.duplicates() == DataConfig.Duplicates.KEEP || seen.add(content)) {
        all.add(row);
      } else {
        RowCounts.add(leftOut, "duplicates", 1);
      }
    }

    private static Object content(Convertible own) {
      return Arrays.stream(ConvertedKind.values())
          .flatMap(own::rows)
          .map(row -> row.without(List.of("id", "provenance")))
          .toList();
    }
  }
}
