using System.Buffers;
using System.Text;
using Actors.Agents.Frames;
using Actors.Agents.Messages;

namespace Actors.Agents.Tests;

public sealed class HubFrameWriterTests
{
    private readonly ArrayBufferWriter<byte> _buffer = new(4_096);

    private string Written => Encoding.UTF8.GetString(_buffer.WrittenSpan);

    [Fact]
    public void Updates_stand_in_one_frame_with_nodes_as_their_peers_wrote_them()
    {
        using var writer = new HubFrameWriter();
        writer.BeginUpdates(_buffer);
        writer.AddUpdate(Sample.Peer, PeerUpdateKind.Node, Encoding.UTF8.GetBytes(Sample.Node), null);
        writer.AddUpdate(Sample.Other, PeerUpdateKind.Lost, default, "lost");
        writer.AddUpdate(Sample.Other, PeerUpdateKind.Disconnected, default, "graceful disconnect");
        writer.AddUpdate(Sample.Other, PeerUpdateKind.ReadyForHandshake, default, null);
        var beforeTheEnd = writer.FrameBytes;
        writer.EndUpdates();

        Assert.Equal(_buffer.WrittenCount - "]}".Length, beforeTheEnd);
        Assert.Equal(
            "{\"peerUpdates\":[{\"id\":\"" + Sample.Peer + "\",\"kind\":\"NODE\",\"node\":" + Sample.Node + "},"
            + "{\"id\":\"" + Sample.Other + "\",\"kind\":\"LOST\",\"reason\":\"lost\"},"
            + "{\"id\":\"" + Sample.Other + "\",\"kind\":\"DISCONNECTED\",\"reason\":\"graceful disconnect\"},"
            + "{\"id\":\"" + Sample.Other + "\",\"kind\":\"READY_FOR_HANDSHAKE\"}]}",
            Written);
        var updates = HubMessage.Parse(_buffer.WrittenSpan).PeerUpdates!;
        Assert.Equal(
            [PeerUpdateKind.Node, PeerUpdateKind.Lost, PeerUpdateKind.Disconnected, PeerUpdateKind.ReadyForHandshake],
            updates.Select(update => update.Kind));
        Assert.Equal(Sample.Node, updates[0].Node!.Value.GetRawText());
    }

    [Fact]
    public void A_welcome_comes_back()
    {
        var welcome = new WelcomeMessage
        {
            PeerId = Sample.Peer,
            Address = "fd61::1",
            PingMs = 15_000,
            DeadMs = 30_000,
            MaxFrameBytes = 65_536,
            MaxTunnels = 256,
            Resume = new ResumeMessage { Token = "a.b", ExpiresAt = DateTimeOffset.UnixEpoch },
        };
        using var writer = new HubFrameWriter();
        writer.WriteWelcome(_buffer, welcome);
        Assert.Equal(welcome, HubMessage.Parse(_buffer.WrittenSpan).Welcome);

        _buffer.ResetWrittenCount();
        writer.WriteWelcome(_buffer, welcome with { Resume = null });
        Assert.Equal(welcome with { Resume = null }, HubMessage.Parse(_buffer.WrittenSpan).Welcome);
    }

    [Fact]
    public void Errors_pings_and_tokens_come_back()
    {
        using var writer = new HubFrameWriter();
        var error = new ErrorMessage { Code = "not_allowed", Text = "no \"tunnel\"", Id = Sample.Other, RetryAfterMs = 1_500 };
        writer.WriteError(_buffer, error);
        Assert.Equal(error, HubMessage.Parse(_buffer.WrittenSpan).Error);

        _buffer.ResetWrittenCount();
        writer.WriteError(_buffer, new ErrorMessage { Code = "going_away", Text = "stops" });
        Assert.Equal("{\"error\":{\"code\":\"going_away\",\"text\":\"stops\"}}", Written);

        _buffer.ResetWrittenCount();
        writer.WritePing(_buffer, 42);
        Assert.Equal("{\"ping\":42}", Written);

        _buffer.ResetWrittenCount();
        var resume = new ResumeMessage { Token = "t", ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(1) };
        writer.WriteResume(_buffer, resume);
        Assert.Equal(resume, HubMessage.Parse(_buffer.WrittenSpan).Resume);
    }

    [Fact]
    public void A_client_passes_over_what_it_does_not_know() =>
        Assert.Equal(3, HubMessage.Parse("{\"ping\":3,\"weather\":{\"sun\":[1]}}"u8).Ping);

    [Fact]
    public void Writing_updates_leaves_no_garbage()
    {
        using var writer = new HubFrameWriter();
        var node = Encoding.UTF8.GetBytes(Sample.Node);
        WriteOnce();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
            WriteOnce();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void WriteOnce()
        {
            _buffer.ResetWrittenCount();
            writer.BeginUpdates(_buffer);
            writer.AddUpdate(Sample.Peer, PeerUpdateKind.Node, node, null);
            writer.AddUpdate(Sample.Other, PeerUpdateKind.Lost, default, "lost");
            writer.EndUpdates();
        }
    }

    [Fact]
    public void A_client_that_writes_nothing_writes_an_empty_frame() => Assert.Equal("{}"u8, new PeerMessage().ToJson());
}
