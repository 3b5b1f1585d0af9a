package org.rlaif.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.rlaif.v1.BeginUpdateRequest;
import org.rlaif.v1.CommitUpdateRequest;
import org.rlaif.v1.CommitUpdateResponse;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.PushTensorRequest;
import org.rlaif.v1.RollbackUpdateRequest;

/** One weight update: begin, push every tensor, commit; rolled back if anything fails. */
final class WeightPublication {
  /**
   * A tensor comes in pieces of this size: below every usual limit of messages, and copied so fast
   * that nobody waits for the end of it, the collector either.
   */
  private static final int PIECE_BYTES = 2 << 20;

  /** The piece under way; the answer to one comes before the next, so that all can lie here. */
  private final byte[] piece = new byte[PIECE_BYTES];

  private final Connection connection;
  private final String model;
  private final BeginUpdateRequest begin;

  WeightPublication(Connection connection, BeginUpdateRequest begin) {
    this.connection = connection;
    this.model = begin.getModel();
    this.begin = begin;
  }

  CommitUpdateResponse publish(
      Map<String, ByteBuffer> tensors, List<CommitUpdateRequest.Probe> probes, float threshold) {
    String id =
        connection.waitFor(
            "the begin of a weight update of " + model,
            () -> control().beginUpdate(begin).getUpdateId());
    try {
      CommitUpdateRequest.Builder commit =
          CommitUpdateRequest.newBuilder()
              .setUpdateId(id)
              .addAllProbes(probes)
              .setMaxAbsLogprobDifference(threshold)
              .setMaxAbsScoreDifference(threshold);
      tensors.forEach(
          (name, bytes) -> {
            push(id, name, bytes);
            commit.addChecksumsBuilder().setName(name).setCrc32C(crc32c(bytes));
          });
      return commit(commit.build());
    } catch (RuntimeException e) {
      rollBack(id, e);
      throw e;
    }
  }

  /** The server remembers the answer to a commit: one that came too late is asked for again. */
  private CommitUpdateResponse commit(CommitUpdateRequest request) {
    String what = "the commit of a weight update of " + model;
    try {
      return connection.waitFor(what, () -> control().commitUpdate(request));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
        throw e;
      }
      return connection.waitFor(what, () -> control().commitUpdate(request));
    }
  }

  private void push(String id, String name, ByteBuffer bytes) {
    for (int offset = 0; offset < bytes.remaining(); ) {
      int length = Math.min(PIECE_BYTES, bytes.remaining() - offset);
      bytes.get(bytes.position() + offset, piece, 0, length);
      ByteString data = UnsafeByteOperations.unsafeWrap(piece, 0, length);
      PushTensorRequest request =
          PushTensorRequest.newBuilder()
              .setUpdateId(id)
              .setName(name)
              .setOffset(offset)
              .setData(data)
              .build();
      connection.waitFor("the push of " + name, () -> control().pushTensor(request));
      offset += length;
    }
  }

  private void rollBack(String id, RuntimeException reason) {
    RollbackUpdateRequest request = RollbackUpdateRequest.newBuilder().setUpdateId(id).build();
    try {
      control().rollbackUpdate(request);
    } catch (StatusRuntimeException e) {
      // The server has dropped the update already, or is gone; the first failure says more.
      reason.addSuppressed(e);
    }
  }

  private static int crc32c(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    for (int at = 0; at < bytes.remaining(); at += PIECE_BYTES) {
      int length = Math.min(PIECE_BYTES, bytes.remaining() - at);
      crc.update(bytes.slice(bytes.position() + at, length));
    }
    return (int) crc.getValue();
  }

  private ControlGrpc.ControlBlockingStub control() {
    return connection.limited(ControlGrpc.newBlockingStub(connection.channel()));
  }
}
