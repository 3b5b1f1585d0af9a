package org.rlaif.training.stages;

import static java.util.stream.Collectors.joining;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.rlaif.training.config.DataConfig;
import org.rlaif.training.config.DataConfig.Source;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.data.DataSet;
import org.rlaif.training.data.GeneratedData;
import org.rlaif.training.data.UserData;
import org.rlaif.training.report.ReportPart;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Stage;

/** Generates the data, or reads the user's, and splits them by their prompts. */
record DataStage(RunConfig config) implements Stage<DataSet.Figures> {
  @Override
  public About<DataSet.Figures> about() {
    return new About<>(
        "data",
        "Reads or generates the data and splits it.",
        DataSet.Figures.class,
        Product.DATA,
        List.of("train", "validation", "test", "preferences", "unpaired", "rated"));
  }

  /** The user's files count by their content: who changes one repeats the run. */
  @Override
  public Object settings() {
    DataConfig data = config.data();
    return data.source() == Source.FILES
        ? List.of(data, UserData.contentHashes(data))
        : List.of("tldr", config.dataSeed(), data.posts(), data.chat(), data.system());
  }

  @Override
  public DataSet.Figures work(RunContext context, Path out) {
    return config.data().source() == Source.TLDR
        ? GeneratedData.write(config.data(), config.dataSeed(), out)
        : UserData.write(config.data(), config.dataSeed(), config.sft() != null, out);
  }

  @Override
  public void report(DataSet.Figures figures, Run run, ReportPart part) {
    if (figures.layouts() != null) {
      part.fact("Rows read as", counts(figures.layouts()));
    }
    if (figures.leftOut() != null) {
      part.fact("Rows left out", counts(figures.leftOut()));
    }
    if (figures.noted() != null) {
      part.fact("Rows with", counts(figures.noted()));
    }
  }

  private static String counts(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .map(each -> each.getKey() + " " + ReportPart.count(each.getValue()))
        .collect(joining(", "));
  }
}
