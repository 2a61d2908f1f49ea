using System.Net;
using Actors.Grains.Tests.Storage;
using Actors.Silo.Links;
using Actors.Silo.Tests.Support;
using Actors.Storage.BackEnds;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Silo.Tests.Links;

/// <summary>A silo tells what its machine sees of the links that it is an end of.</summary>
[Collection(nameof(SiloRig))]
public sealed class LinkWatchTests
{
    private static readonly IPAddress Here = IPAddress.Parse("10.50.1.0");

    [Fact]
    public void An_end_tells_its_rate_in_the_busier_direction_and_that_it_has_gone()
    {
        var (cards, time) = (new Cards(), new SteppedTime());
        var end = new LinkEnd("ab", "a", Here, cards, time);
        Assert.Null(end.Look()); // the other machine's end

        cards.Card = new CardReading(true, 1_000, 5_000);
        Assert.Null(end.Look()!.BytesPerSecond);
        (cards.Card, time.Seconds) = (new CardReading(true, 3_000, 6_000), 2);
        var busy = end.Look()!;
        Assert.Equal((true, 1_000L), (busy.IsUp, busy.BytesPerSecond));

        (cards.Card, time.Seconds) = (new CardReading(false, 3_000, 6_000), 3);
        Assert.False(end.Look()!.IsUp);
        (cards.Card, time.Seconds) = (new CardReading(true, 0, 0), 4);
        Assert.Null(end.Look()!.BytesPerSecond); // switched on anew: its counters are
        cards.Card = null;
        Assert.False(end.Look()!.IsUp);
    }

    [Fact]
    public void The_machines_own_cards_are_read()
    {
        var loopback = new NetworkCards().Read(IPAddress.Loopback);
        Assert.True(loopback is { IsUp: true });
        Assert.Null(new NetworkCards().Read(IPAddress.Parse("192.0.2.77")));
    }

    [Fact]
    public async Task A_link_whose_card_loses_its_carrier_is_down_for_all()
    {
        var cards = new Cards { Card = new CardReading(true, 0, 0) };
        await using var rig = new SiloRig(
            services => services.AddSingleton<INetworkCards>(cards).AddSingleton<IVolumeBackEnd>(new WorldBackEnd(new VolumeWorld(TimeProvider.System))),
            "--Storage:Links=ab=a/10.50.1.0~b/10.50.1.1@25G", "--Storage:StepIntervalMs=20", "--Storage:ShareTimeToLiveMs=200");
        await rig.StartAsync();
        await rig.GetUntilAsync("/api/v1/storage/links", "\"isUp\":true");
        cards.Card = new CardReading(false, 0, 0);
        await rig.GetUntilAsync("/api/v1/storage/links", "\"isUp\":false");
        await rig.GetUntilAsync("/api/v1/storage/links", "\"budgetBytesPerSecond\":0");
    }

    private sealed class Cards : INetworkCards
    {
        private volatile object? _card;

        public CardReading? Card
        {
            get => (CardReading?)_card;
            set => _card = value;
        }

        public CardReading? Read(IPAddress address) => address.Equals(Here) ? Card : null;
    }

    private sealed class SteppedTime : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
