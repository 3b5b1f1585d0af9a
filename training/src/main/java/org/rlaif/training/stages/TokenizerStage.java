package org.rlaif.training.stages;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Example;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.model.text.ChatTemplate;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.data.DataSet;
import org.rlaif.training.report.ReportPart;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Stage;

/**
 * Trains the tokenizer on the training text, with a chat template for conversations, or takes those
 * of the model to start from.
 */
record TokenizerStage(RunConfig config) implements Stage<TokenizerStage.Figures> {

  /**
   * How long texts are.
   *
   * @param promptTokens mean over the test prompts
   * @param completionTokens mean over their completions; null if they have none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Figures(int vocabularySize, double promptTokens, @Nullable Double completionTokens) {}

  @Override
  public About<TokenizerStage.Figures> about() {
    return new About<>(
        "tokenizer",
        "Trains the byte-level BPE on the training text.",
        Figures.class,
        Product.TOKENIZER,
        List.of("vocabularySize", "promptTokens"));
  }

  /** Without SFT this is the first stage that takes something of the model to start from. */
  @Override
  public Object settings() {
    if (config.model().folder().isEmpty()) {
      return config.tokenizer();
    }
    String tokenizer = AtomicFiles.sha256(ModelFolder.tokenizerJson(config.model().path()));
    return config.sft() == null ? List.of(tokenizer, Beginning.settings(config)) : tokenizer;
  }

  /** The model to start from, if there is one, can be asked as the data want it. */
  @Override
  public void check(Run run) {
    ModelConfig model = config.model();
    if (model.folder().isEmpty()) {
      return;
    }
    Path folder = model.path();
    DecoderConfig shape = ModelFolder.describe(folder);
    UserError.require(
        shape.head() == Head.LANGUAGE_MODEL,
        "model.folder",
        model.folder(),
        "a language model, not a reward model");
    if (model.adapter().wanted()) {
      model.adapter().lora().adapted(shape); // refuses targets that are not there
    }
    UserError.require(
        !config.data().chat() || ChatTemplate.of(folder).isPresent(),
        "data.chat",
        "true, and no chat template in " + folder,
        "chat_template.jinja, or chat_template in tokenizer_config.json there; or data.chat:"
            + " false");
    if (!config.reward().trained()) {
      requireSameTokens(ModelFolder.tokenizerJson(folder));
    }
  }

  private void requireSameTokens(Path policy) {
    RewardConfig reward = config.reward();
    SameTokens.require(policy, "reward.folder", reward.folder(), reward.path());
  }

  @Override
  public Figures work(RunContext context, Path out) throws IOException {
    DataSet data = context.run().data();
    Path tokenizerJson = out.resolve("tokenizer.json");
    if (config.model().folder().isEmpty()) {
      BpeTrainer.train(data.trainingTexts(), config.tokenizer().vocabularySize(), tokenizerJson);
      if (data.hasChats()) {
        ChatTemplate.writeOurs(out);
      }
    } else {
      Path model = config.model().path();
      ModelFolder.copyCompanions(model, out);
      tokenizerJson = ModelFolder.tokenizerJson(model); // for errors that name it
    }
    if (!config.reward().trained()) {
      requireSameTokens(tokenizerJson);
    }
    try (Tokenizer tokenizer = Tokenizer.open(tokenizerJson)) {
      PromptEncoder encoder = PromptEncoder.of(tokenizerJson, tokenizer);
      OptionalDouble prompts =
          data.test().stream()
              .mapToInt(each -> encoder.prompt(each.id(), each.prompt()).length)
              .average();
      OptionalDouble completions =
          data.test().stream()
              .filter(Example::hasCompletion)
              .mapToInt(
                  each -> encoder.completion(each.id(), each.prompt(), each.completion()).length)
              .average();
      return new Figures(
          tokenizer.vocabularySize(),
          prompts.orElse(0),
          completions.isPresent() ? (Double) completions.getAsDouble() : null);
    }
  }

  @Override
  public void report(Figures figures, Run run, ReportPart part) {
    part.fact("Vocabulary", ReportPart.count(figures.vocabularySize()) + " tokens");
  }
}
