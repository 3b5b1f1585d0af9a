package org.rlaif.training.data;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.rlaif.training.config.DataConfig;
import org.rlaif.training.rows.Row;

/**
 * Every layout that a row may have; each row has the first that it fits, or the one that is set.
 */
final class Layouts {
  private final DataConfig.Layout choice;
  private final List<Layout> candidates;

  /**
   * @param learned whether completions are learned: then no row is a prompt alone
   */
  Layouts(DataConfig config, boolean learned) {
    choice = config.layout();
    candidates =
        all(new RowParts(config), learned).entrySet().stream()
            .filter(
                each ->
                    choice == DataConfig.Layout.AUTO
                        ? each.getValue().isGuessed()
                        : choice == each.getKey())
            .map(Map.Entry::getValue)
            .toList();
  }

  /** By what chooses them in {@code data.layout}, in the order in which they are tried. */
  static Map<DataConfig.Layout, Layout> all(RowParts parts, boolean learned) {
    return new EnumMap<>(
        Map.of(
            DataConfig.Layout.CONVERSATION, new ConversationLayout(parts),
            DataConfig.Layout.COMPLETION, new CompletionLayout(parts),
            DataConfig.Layout.PREFERENCE, new PreferenceLayout(parts),
            DataConfig.Layout.TRANSCRIPTS, new TranscriptsLayout(parts),
            DataConfig.Layout.PROMPT, new PromptLayout(parts, learned),
            DataConfig.Layout.UNPAIRED, new UnpairedLayout(parts),
            DataConfig.Layout.RATED, new RatedLayout(parts)));
  }

  /** What a row becomes. */
  Lesson read(Row row) {
    List<Layout> fitting = candidates.stream().filter(each -> each.fits(row)).toList();
    if (fitting.isEmpty()) {
      throw row.error("columns", row.names(), expectation());
    }
    List<String> learned = fitting.stream().map(Layout::learns).filter(Objects::nonNull).toList();
    if (learned.size() > 1) {
      throw row.error(
          "columns " + String.join(" and ", learned),
          "both",
          "one of them to learn; data.layout chooses, data.columns says what yours are called");
    }
    return fitting.get(0).read(row);
  }

  private String expectation() {
    List<String> each = candidates.stream().map(Layout::expects).toList();
    int last = each.size() - 1;
    String any =
        last == 0
            ? each.get(0) + ", since data.layout is " + choice.word()
            : String.join(", ", each.subList(0, last)) + ", or " + each.get(last);
    return any + "; data.columns says what yours are called";
  }
}
