package org.rlaif.training.service;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.rlaif.v1.CancelRunRequest;
import org.rlaif.v1.CancelRunResponse;
import org.rlaif.v1.FetchModelRequest;
import org.rlaif.v1.FetchModelResponse;
import org.rlaif.v1.ListRunsRequest;
import org.rlaif.v1.ListRunsResponse;
import org.rlaif.v1.ResumeRunRequest;
import org.rlaif.v1.ResumeRunResponse;
import org.rlaif.v1.SubmitRunRequest;
import org.rlaif.v1.SubmitRunResponse;
import org.rlaif.v1.TrainingGrpc;
import org.rlaif.v1.WatchRunRequest;
import org.rlaif.v1.WatchRunResponse;

/**
 * Takes runs over gRPC and tells how they come on. Who may call, and how what is thrown here
 * becomes a status, is the server's that it is a guest of.
 */
public final class TrainingService extends TrainingGrpc.TrainingImplBase implements AutoCloseable {
  private final Runs runs;
  private final Streams streams = new Streams();

  public TrainingService(Runs runs) {
    this.runs = runs;
  }

  @Override
  public void submitRun(SubmitRunRequest request, StreamObserver<SubmitRunResponse> observer) {
    Entry run =
        runs.submit(
            request.getRun(), request.getSource(), request.getYaml(), request.getSettingsList());
    answer(observer, SubmitRunResponse.newBuilder().setRun(Messages.info(run)).build());
  }

  @Override
  public void listRuns(ListRunsRequest request, StreamObserver<ListRunsResponse> observer) {
    var response = ListRunsResponse.newBuilder();
    runs.list().forEach(run -> response.addRuns(Messages.info(run)));
    answer(observer, response.build());
  }

  @Override
  public void watchRun(WatchRunRequest request, StreamObserver<WatchRunResponse> observer) {
    streams.answer(observer, new Watching(runs.get(request.getRun()), request.getAfter()));
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // whoever called is told
  public void cancelRun(CancelRunRequest request, StreamObserver<CancelRunResponse> observer) {
    // With a handler, an answer that comes too late is no error.
    ((ServerCallStreamObserver<CancelRunResponse>) observer).setOnCancelHandler(() -> {});
    Entry run = runs.get(request.getRun());
    runs.cancel(request.getRun())
        .thenRun(
            () ->
                answer(
                    observer, CancelRunResponse.newBuilder().setRun(Messages.info(run)).build()));
  }

  @Override
  public void resumeRun(ResumeRunRequest request, StreamObserver<ResumeRunResponse> observer) {
    Entry run = runs.resume(request.getRun());
    answer(observer, ResumeRunResponse.newBuilder().setRun(Messages.info(run)).build());
  }

  @Override
  public void fetchModel(FetchModelRequest request, StreamObserver<FetchModelResponse> observer) {
    Entry run = runs.get(request.getRun());
    streams.answer(observer, Fetching.of(run.folder(), request.getModel(), request.getOffset()));
  }

  private static <R> void answer(StreamObserver<R> observer, R message) {
    observer.onNext(message);
    observer.onCompleted();
  }

  /** Ends the streams, which would go on as long as runs do. */
  @Override
  public void close() {
    streams.close();
  }
}
