using System.Text;
using System.Text.Json;
using Actors.Agents.Frames;
using Actors.Agents.Messages;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Agents.Tests;

/// <summary>The reader of frames against a slow one made by others; FsCheck prints what breaks a rule, and its seed.</summary>
public sealed class PeerFrameFuzzTests
{
    /// <summary>What JSON is made of, and what breaks it.</summary>
    private static readonly string[] Pieces =
        ["{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "null", "true", "-", "0", "1e9", " ", "\0", "é", "key", "\"pong\":", "\"node\":{}", "/128"];

    private static int Cases => Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 500_000 : 10_000;

    [Fact]
    public void What_is_accepted_after_any_damage_is_what_a_slow_reader_reads()
    {
        var accepted = 0;
        var refused = 0;
        Run(Gen.ArrayOf(Gen.Choose(0, 1 << 24)), steps =>
        {
            var bytes = Damage(steps);
            var frame = new PeerFrame();
            if (PeerFrameReader.Read(bytes, Sample.Peer, new AgentLimits(), frame) is { } problem)
            {
                refused++;
                Assert.InRange(Encoding.UTF8.GetByteCount(problem.ToString()), 1, AgentProtocol.MaxCloseReasonBytes);
                return;
            }

            accepted++;
            var message = JsonSerializer.Deserialize(bytes, StrictAgentJson.Default.PeerMessage)!;
            AssertSame(message, frame);
        });
        Assert.True(accepted > Cases / 50 && refused > Cases / 4, $"{accepted} accepted, {refused} refused: the damage is not of the right size");
    }

    [Fact]
    public void What_a_client_writes_is_accepted()
    {
        Run(Gen.Choose(0, 1 << 24).Select(seed => seed), seed =>
        {
            var message = Message(new System.Random(seed));
            var bytes = message.ToJson();
            var frame = new PeerFrame();
            Assert.Null(PeerFrameReader.Read(bytes, Sample.Peer, new AgentLimits(), frame));
            AssertSame(message, frame);
        });
    }

    private static void Run<T>(Gen<T> of, Action<T> property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithEndSize(12), Prop.ForAll(Arb.From(of), property));

    private static void AssertSame(PeerMessage message, PeerFrame frame)
    {
        Assert.Equal(message.SetTunnels is not null, frame.HasSetTunnels);
        Assert.Equal(message.SetTunnels ?? [], frame.SetTunnels);
        Assert.Equal(message.AddTunnels ?? [], frame.AddTunnels);
        Assert.Equal(message.RemoveTunnels ?? [], frame.RemoveTunnels);
        Assert.Equal(message.ReadyForHandshake ?? [], frame.ReadyForHandshake);
        Assert.Equal(message.Disconnect is not null, frame.IsGoodbye);
        Assert.Equal(message.Pong, frame.Pong);
        Assert.Equal(message.Lifecycle, frame.Lifecycle);
        Assert.Equal(message.Metadata ?? [], frame.Metadata);
        Assert.Equal(message.Connections ?? [], frame.Connections);
        Assert.Equal(message.UpdateNode is not null, !frame.Node.IsEmpty);
        if (message.UpdateNode is not { } node)
            return;
        var handedOn = JsonSerializer.Deserialize(Encoding.UTF8.GetBytes("{\"updateNode\":" + Encoding.UTF8.GetString(frame.Node.Span) + "}"), StrictAgentJson.Default.PeerMessage)!.UpdateNode!;
        Assert.Equal(node.Key, handedOn.Key);
        Assert.Equal(node.Addresses, handedOn.Addresses);
        Assert.Equal(node.Endpoints, handedOn.Endpoints);
        Assert.Equal(node.RelayLatency, handedOn.RelayLatency);
    }

    private static byte[] Damage(int[] steps)
    {
        var text = new StringBuilder(Sample.Whole);
        foreach (var step in steps.Take(3))
        {
            var at = step / 64 % (text.Length + 1);
            switch (step % 4)
            {
                case 0:
                    text.Insert(at, Pieces[step / 4 % Pieces.Length]);
                    break;
                case 1:
                    text.Remove(at, Math.Min(1 + (step / 4 % 3), text.Length - at));
                    break;
                case 2 when at < text.Length:
                    text[at] = (char)(' ' + (step / 4 % 95));
                    break;
                default:
                    // A part of the frame once more, somewhere else.
                    text.Insert(at, Sample.Whole.AsSpan(step / 4 % (Sample.Whole.Length - 40), 1 + (step % 40)));
                    break;
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static PeerMessage Message(System.Random random)
    {
        return new PeerMessage
        {
            UpdateNode = One(() => new NodeRecord
            {
                Key = Bytes(32),
                Disco = One(Text),
                PreferredRelay = random.Next(2) == 0 ? null : random.Next(65_536),
                RelayLatency = One(() => Enumerable.Range(0, random.Next(5)).ToDictionary(index => $"relay-{index}", _ => random.NextDouble())),
                RelayForcedWebsocket = One(() => Enumerable.Range(0, random.Next(5)).ToDictionary(index => $"{index}", _ => Text())),
                Addresses = One(() => new[] { Sample.Address }),
                Endpoints = One(() => Enumerable.Range(0, random.Next(5)).Select(_ => Text()).ToArray()),
            }),
            SetTunnels = One(Peers),
            AddTunnels = One(Peers),
            RemoveTunnels = One(Peers),
            ReadyForHandshake = One(Peers),
            Disconnect = One(() => new EmptyMessage()),
            Pong = random.Next(2) == 0 ? null : random.NextInt64(),
            Lifecycle = random.Next(2) == 0 ? null : (AgentLifecycle)random.Next(9),
            Metadata = One(() => Enumerable.Range(0, random.Next(4)).Select(index => new MetadataReport { Key = $"key-{index}", Value = One(Text), Error = One(Text) }).ToArray()),
            Connections = One(() => Enumerable.Range(0, random.Next(4)).Select(_ => Connection()).ToArray()),
        };

        T? One<T>(Func<T> make)
            where T : class => random.Next(2) == 0 ? null : make();

        byte[] Bytes(int count)
        {
            var bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }

        Guid[] Peers() => [.. Enumerable.Range(0, random.Next(4)).Select(_ => new Guid(Bytes(16)))];

        string Text() => string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => "aé\"\\/+<\u2028😀\t"[random.Next(9)]).Where(sign => !char.IsSurrogate(sign)));

        ConnectionReport Connection()
        {
            var ends = random.Next(2) == 0;
            return new ConnectionReport
            {
                Id = new Guid(Bytes(16)),
                Action = ends ? ConnectionAction.Disconnect : ConnectionAction.Connect,
                Type = "ssh",
                At = DateTimeOffset.UnixEpoch.AddMilliseconds(random.Next()),
                Ip = One(Text),
                Code = ends && random.Next(2) == 0 ? random.Next(256) : null,
                Reason = ends ? One(Text) : null,
            };
        }
    }
}
