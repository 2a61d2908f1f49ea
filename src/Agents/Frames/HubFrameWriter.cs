using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Actors.Agents.Messages;

namespace Actors.Agents.Frames;

/// <summary>
/// Writes the hub's frames into a buffer of the caller's, without garbage. One frame at a time and one caller at a time; a connection
/// borrows a writer for as long as it writes. The last buffer is known to it until the next frame begins.
/// </summary>
public sealed class HubFrameWriter : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Utf8JsonWriter _json = new(Stream.Null, Options);

    /// <summary>Bytes of the frame that is being written, so far.</summary>
    public long FrameBytes => _json.BytesCommitted + _json.BytesPending;

    /// <summary>Writes the first frame of a connection.</summary>
    public void WriteWelcome(IBufferWriter<byte> target, WelcomeMessage welcome)
    {
        ArgumentNullException.ThrowIfNull(welcome);
        Begin(target);
        _json.WriteStartObject("welcome"u8);
        _json.WriteString("peerId"u8, welcome.PeerId);
        _json.WriteString("address"u8, welcome.Address);
        _json.WriteNumber("pingMs"u8, welcome.PingMs);
        _json.WriteNumber("deadMs"u8, welcome.DeadMs);
        _json.WriteNumber("maxFrameBytes"u8, welcome.MaxFrameBytes);
        _json.WriteNumber("maxTunnels"u8, welcome.MaxTunnels);
        if (welcome.Resume is not null)
            WriteResumeField(welcome.Resume);
        _json.WriteEndObject();
        End();
    }

    /// <summary>Writes a new token.</summary>
    public void WriteResume(IBufferWriter<byte> target, ResumeMessage resume)
    {
        ArgumentNullException.ThrowIfNull(resume);
        Begin(target);
        WriteResumeField(resume);
        End();
    }

    /// <summary>Writes a ping.</summary>
    public void WritePing(IBufferWriter<byte> target, long number)
    {
        Begin(target);
        _json.WriteNumber("ping"u8, number);
        End();
    }

    /// <summary>Writes what was not done, and why.</summary>
    public void WriteError(IBufferWriter<byte> target, ErrorMessage error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Begin(target);
        _json.WriteStartObject("error"u8);
        _json.WriteString("code"u8, error.Code);
        _json.WriteString("text"u8, error.Text);
        if (error.Id is { } id)
            _json.WriteString("id"u8, id);
        if (error.RetryAfterMs is { } retryAfterMs)
            _json.WriteNumber("retryAfterMs"u8, retryAfterMs);
        _json.WriteEndObject();
        End();
    }

    /// <summary>Begins a frame of updates; <see cref="AddUpdate"/> at least once, then <see cref="EndUpdates"/>.</summary>
    public void BeginUpdates(IBufferWriter<byte> target)
    {
        Begin(target);
        _json.WriteStartArray("peerUpdates"u8);
    }

    /// <summary>Adds one update.</summary>
    /// <param name="id">The peer that it is about.</param>
    /// <param name="kind">What happened.</param>
    /// <param name="node">For <see cref="PeerUpdateKind.Node"/> its node record: JSON that <see cref="PeerFrameReader"/> has accepted; else empty.</param>
    /// <param name="reason">Why, or null.</param>
    public void AddUpdate(Guid id, PeerUpdateKind kind, ReadOnlySpan<byte> node, string? reason)
    {
        _json.WriteStartObject();
        _json.WriteString("id"u8, id);
        _json.WriteString("kind"u8, kind switch
        {
            PeerUpdateKind.Node => "NODE"u8,
            PeerUpdateKind.Disconnected => "DISCONNECTED"u8,
            PeerUpdateKind.Lost => "LOST"u8,
            _ => "READY_FOR_HANDSHAKE"u8,
        });
        if (kind == PeerUpdateKind.Node)
        {
            _json.WritePropertyName("node"u8);
            _json.WriteRawValue(node, skipInputValidation: true);
        }

        if (reason is not null)
            _json.WriteString("reason"u8, reason);
        _json.WriteEndObject();
    }

    /// <summary>Ends the frame of updates.</summary>
    public void EndUpdates()
    {
        _json.WriteEndArray();
        End();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void Begin(IBufferWriter<byte> target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _json.Reset(target);
        _json.WriteStartObject();
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
    }

    private void WriteResumeField(ResumeMessage resume)
    {
        _json.WriteStartObject("resume"u8);
        _json.WriteString("token"u8, resume.Token);
        _json.WriteString("expiresAt"u8, resume.ExpiresAt);
        _json.WriteEndObject();
    }
}
