package org.rlaif.serving.grpc;

import com.google.common.primitives.Floats;
import io.grpc.Context;
import java.util.ArrayList;
import java.util.List;
import org.rlaif.inference.ModelInferRequest;
import org.rlaif.inference.ModelInferResponse;
import org.rlaif.kit.UserError;
import org.rlaif.model.Tokenizer;
import org.rlaif.serving.engine.RewardEngine;
import org.rlaif.serving.engine.RewardEngine.Item;
import org.rlaif.serving.engine.RewardEngine.Scores;

/** Scores, asked for and told in tensors; {@code open_inference.proto} describes them. */
final class RewardTensors {
  private static final String PROMPT = "prompt";
  private static final String PROMPT_IDS = "prompt_ids";
  private static final String COMPLETION = "completion";
  private static final String COMPLETION_IDS = "completion_ids";
  private static final String SCORES = "scores";

  static final List<TensorSignature> INPUTS =
      List.of(
          TensorSignature.list(PROMPT, TensorKind.BYTES),
          TensorSignature.row(PROMPT_IDS, TensorKind.INT64),
          TensorSignature.list(COMPLETION, TensorKind.BYTES),
          TensorSignature.row(COMPLETION_IDS, TensorKind.INT64));

  static final List<TensorSignature> OUTPUTS =
      List.of(TensorSignature.list(SCORES, TensorKind.FP32));

  private RewardTensors() {}

  static ModelInferResponse infer(RewardEngine engine, ModelInferRequest request) {
    var inputs = new InferInputs(request, INPUTS);
    var outputs = new InferOutputs(request, OUTPUTS);
    UserError.require(
        request.getParametersCount() == 0,
        "parameters",
        request.getParametersMap().keySet(),
        "none for a reward model");
    List<Item> items = items(engine, inputs);
    Scores found = engine.score(items, Context.current()::isCancelled);
    outputs.numbers(SCORES, List.of((long) items.size()), Floats.asList(found.scores()));
    return outputs.response(found.weightsVersion(), RewardService.usage(items));
  }

  private static List<Item> items(RewardEngine engine, InferInputs inputs) {
    Tokenizer tokenizer = engine.tokenizer();
    List<int[]> prompts = inputs.sequences(PROMPT, PROMPT_IDS, tokenizer::encodePrompt);
    List<int[]> completions =
        inputs.sequences(COMPLETION, COMPLETION_IDS, tokenizer::encodeCompletion);
    UserError.require(
        prompts.size() == completions.size(),
        inputs.has(COMPLETION) ? COMPLETION : COMPLETION_IDS,
        completions.size() + " completions",
        prompts.size() + ", one for each prompt");
    List<Item> items = new ArrayList<>(prompts.size());
    for (int i = 0; i < prompts.size(); i++) {
      String prompt = inputs.has(PROMPT) ? PROMPT + "[" + i + "]" : PROMPT_IDS;
      String completion = inputs.has(COMPLETION) ? COMPLETION + "[" + i + "]" : COMPLETION_IDS;
      engine.loaded().rules().prompt(prompt, prompts.get(i));
      engine.loaded().rules().completion(completion, prompts.get(i), completions.get(i));
      items.add(new Item(prompts.get(i), completions.get(i)));
    }
    return items;
  }
}
