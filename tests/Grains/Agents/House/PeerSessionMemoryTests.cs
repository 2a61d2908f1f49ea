using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents.House;

/// <summary>What a session takes of the heap: most have a tunnel in one direction with one other peer.</summary>
[Collection(MemoryMeasurement.Name)]
public sealed class PeerSessionMemoryTests(ITestOutputHelper output)
{
    private const int Sessions = 5_000;
    private const int MaxBytes = 950;
    private static readonly Random Chance = new(1);
    private static readonly SessionOptions Options = new();
    private static readonly byte[] Node = new byte[300];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_session_with_one_neighbour_takes_little_of_the_heap(bool opensTunnel)
    {
        var held = new PeerSession[Sessions];
        Fill(held.AsSpan(0, 10), opensTunnel);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Fill(held, opensTunnel);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / Sessions;
        output.WriteLine($"{bytes} bytes of the managed heap per session with one neighbour, whose node record of {Node.Length} bytes it was told; opens the tunnel: {opensTunnel}");
        Assert.InRange(bytes, 1, MaxBytes);
        GC.KeepAlive(held);
    }

    private static void Fill(Span<PeerSession> held, bool opensTunnel)
    {
        for (var number = 0; number < held.Length; number++)
        {
            var session = held[number] = new PeerSession(PeerRig.Id(number), 1, new GatewayRun(1, 1, 1), Options, Chance);
            if (opensTunnel)
                session.Open(PeerRig.Id(1_000_000 + number));
            session.ReportEnded(session.TakeReport(0)!, new SessionReportAnswer { StoredSequence = 1 }, 0);
            session.Show(new PeerShow
            {
                Epoch = 1,
                Attachment = 1,
                Number = 1,
                Slots = [new PeerSlot { Peer = PeerRig.Id(1_000_000 + number), Sight = PeerSight.Node, Version = new PeerVersion(1, 1), Node = Node }],
            });
            Assert.True(session.TryTake(out _));
            Assert.False(session.TryTake(out _));
            if (!opensTunnel)
            {
                session.Ready(PeerRig.Id(1_000_000 + number));
                session.ReportEnded(session.TakeReport(0)!, new SessionReportAnswer(), 0);
            }
        }
    }
}
