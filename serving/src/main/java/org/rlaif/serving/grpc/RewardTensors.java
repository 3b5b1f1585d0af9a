package org.rlaif.serving.grpc;

import com.google.common.primitives.Floats;
import io.grpc.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rlaif.inference.ModelInferRequest;
import org.rlaif.inference.ModelInferResponse;
import org.rlaif.kit.UserError;
import org.rlaif.serving.engine.RewardEngine;
import org.rlaif.serving.engine.RewardEngine.Scores;
import org.rlaif.serving.grpc.Prompts.Prompt;
import org.rlaif.serving.score.ScoringItem;
import org.rlaif.v1.Input;

/** Scores, asked for and told in tensors; {@code open_inference.proto} describes them. */
final class RewardTensors {
  private static final String PROMPT = "prompt";
  private static final String PROMPT_IDS = "prompt_ids";
  private static final String COMPLETION = "completion";
  private static final String COMPLETION_IDS = "completion_ids";
  private static final TensorSignature SCORES = TensorSignature.list("scores", TensorKind.FP32);

  static final List<TensorSignature> INPUTS =
      List.of(
          TensorSignature.list(PROMPT, TensorKind.BYTES),
          TensorSignature.row(PROMPT_IDS, TensorKind.INT64),
          TensorSignature.list(COMPLETION, TensorKind.BYTES),
          TensorSignature.row(COMPLETION_IDS, TensorKind.INT64));

  static final List<TensorSignature> OUTPUTS = List.of(SCORES);

  private RewardTensors() {}

  static ModelInferResponse infer(RewardEngine engine, ModelInferRequest request) {
    var inputs = new InferInputs(request, INPUTS);
    var outputs = new InferOutputs(request, OUTPUTS);
    UserError.require(
        request.getParametersCount() == 0,
        "parameters",
        request.getParametersMap().keySet(),
        "none for a reward model");
    List<ScoringItem> items = items(engine, inputs);
    Scores found = engine.score(items, Context.current()::isCancelled);
    outputs.numbers(SCORES, List.of((long) items.size()), Floats.asList(found.scores()));
    return outputs.response(found.weightsVersion(), RewardService.usage(items));
  }

  private static List<ScoringItem> items(RewardEngine engine, InferInputs inputs) {
    List<Map.Entry<String, Input>> prompts = listed(inputs.sequences(PROMPT, PROMPT_IDS));
    List<Map.Entry<String, Input>> completions =
        listed(inputs.sequences(COMPLETION, COMPLETION_IDS));
    UserError.require(
        prompts.size() == completions.size(),
        inputs.has(COMPLETION) ? COMPLETION : COMPLETION_IDS,
        completions.size() + " completions",
        prompts.size() + ", one for each prompt");
    var written = new Prompts(engine.loaded());
    List<ScoringItem> items = new ArrayList<>(prompts.size());
    for (int i = 0; i < prompts.size(); i++) {
      Prompt prompt = written.of(prompts.get(i).getKey(), prompts.get(i).getValue());
      engine.loaded().rules().prompt(prompts.get(i).getKey(), prompt.ids());
      items.add(prompt.whole(completions.get(i).getKey(), completions.get(i).getValue()));
    }
    return items;
  }

  private static List<Map.Entry<String, Input>> listed(Map<String, Input> inputs) {
    return List.copyOf(inputs.entrySet());
  }
}
