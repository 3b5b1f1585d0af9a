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
  private final List<Map.Entry<DataConfig.Layout, Layout>> candidates;

  /**
   * @param learned whether completions are learned: then no row is a prompt alone
   */
  Layouts(DataConfig config, long seed, boolean learned) {
    choice = config.layout();
    candidates =
        all(config, seed, learned).entrySet().stream()
            .filter(
                each ->
                    choice == DataConfig.Layout.AUTO
                        ? each.getValue().isGuessed()
                        : choice == each.getKey())
            .map(Map.Entry::copyOf)
            .toList();
  }

  /** By what chooses them in {@code data.layout}, in the order in which they are tried. */
  static Map<DataConfig.Layout, Layout> all(DataConfig config, long seed, boolean learned) {
    RowParts parts = new RowParts(config);
    Map<DataConfig.Layout, Layout> all = new EnumMap<>(DataConfig.Layout.class);
    all.put(DataConfig.Layout.CONVERSATION, new ConversationLayout(parts));
    all.put(DataConfig.Layout.COMPLETION, new CompletionLayout(parts));
    all.put(DataConfig.Layout.PREFERENCE, new PreferenceLayout(parts));
    all.put(DataConfig.Layout.ANTHROPIC_HH, new AnthropicHhLayout(parts));
    all.put(DataConfig.Layout.OPENAI_COMPARISONS, new OpenAiComparisonsLayout(parts));
    all.put(DataConfig.Layout.TLDR_POSTS, new TldrPostsLayout(parts));
    all.put(DataConfig.Layout.LM_HUMAN_PREFERENCES, new LmHumanPreferencesLayout(parts));
    all.put(
        DataConfig.Layout.ULTRAFEEDBACK, new UltraFeedbackLayout(parts, config.binarise(), seed));
    all.put(DataConfig.Layout.HELPSTEER, new HelpSteerLayout(parts));
    all.put(DataConfig.Layout.HELPSTEER2_PREFERENCE, new HelpSteer2PreferenceLayout(parts));
    all.put(DataConfig.Layout.SHP, new ShpLayout(parts, config.minimumRatio()));
    all.put(DataConfig.Layout.PANDALM, new PandaLmLayout(parts));
    all.put(DataConfig.Layout.ALPACA, new AlpacaLayout(parts));
    all.put(DataConfig.Layout.TRANSCRIPTS, new TranscriptsLayout(parts));
    all.put(DataConfig.Layout.TEXT, new TextLayout(parts));
    all.put(DataConfig.Layout.PROMPT, new PromptLayout(parts, learned));
    all.put(DataConfig.Layout.UNPAIRED, new UnpairedLayout(parts));
    all.put(DataConfig.Layout.STEPWISE, new StepwiseLayout(parts));
    all.put(DataConfig.Layout.RATED, new RatedLayout(parts));
    return all;
  }

  /** What a row becomes, and as what it was read. */
  record Recognised(DataConfig.Layout layout, Reading reading) {}

  Recognised read(Row row) {
    List<Map.Entry<DataConfig.Layout, Layout>> fitting =
        candidates.stream().filter(each -> each.getValue().fits(row)).toList();
    if (fitting.isEmpty()) {
      throw row.error("columns", row.names(), expectation());
    }
    List<String> learned =
        fitting.stream().map(each -> each.getValue().learns()).filter(Objects::nonNull).toList();
    if (learned.size() > 1) {
      throw row.error(
          "columns " + String.join(" and ", learned),
          "both",
          "one of them to learn; data.layout chooses, data.columns says what yours are called");
    }
    Map.Entry<DataConfig.Layout, Layout> first = fitting.get(0);
    return new Recognised(first.getKey(), first.getValue().read(row));
  }

  private String expectation() {
    List<String> each =
        candidates.stream()
            .map(Map.Entry::getValue)
            .filter(layout -> choice != DataConfig.Layout.AUTO || !layout.isKnown())
            .map(Layout::expects)
            .toList();
    int last = each.size() - 1;
    String any =
        last == 0
            ? each.get(0) + ", since data.layout is " + choice.word()
            : String.join(", ", each.subList(0, last)) + ", or " + each.get(last);
    return any + "; data.columns says what yours are called";
  }
}
