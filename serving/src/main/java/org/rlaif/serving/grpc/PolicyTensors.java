package org.rlaif.serving.grpc;

import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import org.rlaif.inference.ModelInferRequest;
import org.rlaif.inference.ModelInferResponse;
import org.rlaif.kit.UserError;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.queue.Ticket;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.v1.FinishReason;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.WeightsSpan;

/** A rollout, asked for and told in tensors; {@code open_inference.proto} describes them. */
final class PolicyTensors {
  private static final String TEXT = "text_input";
  private static final String IDS = "input_ids";
  private static final String SAMPLING = "sampling_parameters";
  private static final String STREAM = "stream";
  private static final String EXCLUDE = "exclude_input_in_output";

  static final List<TensorSignature> INPUTS =
      List.of(
          TensorSignature.list(TEXT, TensorKind.BYTES),
          TensorSignature.row(IDS, TensorKind.INT64),
          TensorSignature.single(SAMPLING, TensorKind.BYTES),
          // Two that clients of vLLM behind Triton send.
          TensorSignature.single(STREAM, TensorKind.BOOL),
          TensorSignature.single(EXCLUDE, TensorKind.BOOL));

  private static final TensorSignature TEXTS =
      TensorSignature.list("text_output", TensorKind.BYTES);
  private static final TensorSignature TOKENS =
      TensorSignature.table("output_ids", TensorKind.INT64);
  private static final TensorSignature LOGPROBS =
      TensorSignature.table("logprobs", TensorKind.FP32);
  private static final TensorSignature COUNTS =
      TensorSignature.list("num_output_tokens", TensorKind.UINT32);
  private static final TensorSignature REASONS =
      TensorSignature.list("finish_reason", TensorKind.BYTES);

  static final List<TensorSignature> OUTPUTS = List.of(TEXTS, TOKENS, LOGPROBS, COUNTS, REASONS);

  private PolicyTensors() {}

  /** Samples; the answer comes when the last sequence has finished. */
  static Ticket infer(
      PolicyEngine engine,
      ModelInferRequest request,
      StreamObserver<ModelInferResponse> observer,
      Executor executor) {
    var inputs = new InferInputs(request, INPUTS);
    var outputs = new InferOutputs(request, OUTPUTS);
    List<int[]> prompts = prompts(engine, inputs);
    var settings = new InferSampling(request.getParametersMap());
    inputs.texts(SAMPLING).ifPresent(json -> settings.add(SAMPLING, json.get(0)));
    refuse(inputs, STREAM, true, "ModelInfer answers once, rlaif.v1.Policy/Generate streams");
    refuse(inputs, EXCLUDE, false, "text_output is the completion alone");
    RolloutRequest asked = settings.rollout();
    int samples = asked.hasSamples() ? asked.getSamples() : 1;
    UserError.require(samples >= 1, "n", samples, ">= 1");
    Sampling sampling = Inputs.sampling(asked.getSampling());
    int padId = engine.tokenizer().padId().orElse(engine.tokenizer().eosId());
    var collector = new Collector(padId, outputs, observer, new ArrayList<>());
    var stream =
        new RolloutStream(engine.tokenizer(), prompts, samples, sampling, collector, executor);
    return engine.sample(prompts, samples, sampling, stream, ClientIdentity.current());
  }

  private static void refuse(InferInputs inputs, String name, boolean value, String why) {
    inputs
        .flag(name)
        .ifPresent(given -> UserError.require(given != value, name, given, !value + "; " + why));
  }

  private static List<int[]> prompts(PolicyEngine engine, InferInputs inputs) {
    var written = new Prompts(engine.loaded());
    List<int[]> prompts = new ArrayList<>();
    inputs
        .sequences(TEXT, IDS)
        .forEach(
            (name, input) -> {
              int[] prompt = written.of(name, input).ids();
              engine.loaded().rules().prompt(name, prompt);
              prompts.add(prompt);
            });
    return prompts;
  }

  /** Turns the sequences of a rollout into tensors. */
  private record Collector(
      int padId,
      InferOutputs outputs,
      StreamObserver<ModelInferResponse> observer,
      List<RolloutResponse> rows)
      implements StreamObserver<RolloutResponse> {

    @Override
    public void onNext(RolloutResponse sequence) {
      rows.add(sequence);
    }

    @Override
    public void onError(Throwable failure) {
      observer.onError(failure);
    }

    @Override
    public void onCompleted() {
      rows.sort(
          Comparator.comparingInt(RolloutResponse::getPromptIndex)
              .thenComparingInt(RolloutResponse::getSampleIndex));
      int longest = rows.stream().mapToInt(RolloutResponse::getTokenIdsCount).max().orElse(0);
      List<Long> ids = new ArrayList<>(rows.size() * longest);
      List<Float> logprobs = new ArrayList<>(rows.size() * longest);
      for (RolloutResponse row : rows) {
        for (int t = 0; t < longest; t++) {
          boolean real = t < row.getTokenIdsCount();
          ids.add(real ? (long) row.getTokenIds(t) : padId);
          logprobs.add(real ? row.getLogprobs(t) : 0f);
        }
      }
      List<Long> shape = List.of((long) rows.size(), (long) longest);
      outputs.texts(TEXTS, rows.stream().map(RolloutResponse::getText).toList());
      outputs.ids(TOKENS, shape, ids);
      outputs.numbers(LOGPROBS, shape, logprobs);
      outputs.counts(COUNTS, rows.stream().map(RolloutResponse::getTokenIdsCount).toList());
      outputs.texts(REASONS, rows.stream().map(Collector::reason).toList());
      observer.onNext(outputs.response(newestWeights(), Outputs.usage(promptTokens(), tokens())));
      observer.onCompleted();
    }

    /** As OpenAI and vLLM call it. */
    private static String reason(RolloutResponse row) {
      return row.getFinishReason() == FinishReason.FINISH_REASON_LENGTH ? "length" : "stop";
    }

    private long newestWeights() {
      return rows.stream()
          .flatMap(row -> row.getWeightsList().stream())
          .mapToLong(WeightsSpan::getWeightsVersion)
          .max()
          .orElse(0);
    }

    /** A prompt is computed once for all its samples. */
    private long promptTokens() {
      return rows.stream()
          .filter(row -> row.getSampleIndex() == 0)
          .mapToLong(RolloutResponse::getPromptTokenIdsCount)
          .sum();
    }

    private long tokens() {
      return rows.stream().mapToLong(RolloutResponse::getTokenIdsCount).sum();
    }
  }
}
