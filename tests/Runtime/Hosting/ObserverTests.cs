using System.Runtime.CompilerServices;
using Actors.Runtime.Tests.Support;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Hosting;

/// <summary>Grains call back objects that are not grains.</summary>
public sealed class ObserverTests
{
    [Fact]
    public async Task A_grain_calls_an_observer_until_it_is_deleted()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        INewsGrain grain = silo.Grains.GetGrain<INewsGrain>("x");
        var reader = new Reader();
        INewsReader reference = silo.Grains.CreateObjectReference<INewsReader>(reader);
        await grain.Subscribe(reference);
        Assert.Equal(1, await Guard.Within(grain.Publish("one"), "the publication"));
        Assert.Equal(["one"], reader.Seen);
        silo.Grains.DeleteObjectReference<INewsReader>(reference);
        await Guard.Until(() => silo.Local.References.Classes.Last().Count == 0, "the observer's end");
        await Assert.ThrowsAsync<ClientNotAvailableException>(() => reference.Read("two"));
        Assert.Equal(0, await Guard.Within(grain.Publish("two"), "the publication"));
        Assert.Equal(["one"], reader.Seen);
        GC.KeepAlive(reader);
    }

    [Fact]
    public async Task Calls_of_an_observer_come_one_after_the_other()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        var reader = new Reader();
        INewsReader reference = silo.Grains.CreateObjectReference<INewsReader>(reader);
        await Guard.Within(Task.WhenAll(Enumerable.Range(0, 100).Select(_ => reference.Read("x"))), "the calls");
        Assert.Equal(1, reader.MostAtOnce);
        GC.KeepAlive(reader);
    }

    [Fact]
    public async Task An_error_of_an_observer_reaches_the_grain()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        var reader = new Reader { Fails = true };
        INewsReader reference = silo.Grains.CreateObjectReference<INewsReader>(reader);
        await Assert.ThrowsAsync<InvalidOperationException>(() => reference.Read("x"));
        GC.KeepAlive(reader);
    }

    [Fact]
    public async Task The_runtime_does_not_keep_an_observer_alive()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        INewsReader reference = Make(silo, out WeakReference weak);
        await Guard.Until(
            () =>
            {
                GC.Collect();
                return !weak.IsAlive;
            },
            "the collection of the observer");
        await Assert.ThrowsAsync<ClientNotAvailableException>(() => reference.Read("x"));
    }

    [Fact]
    public async Task What_is_no_observer_is_refused()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        INewsReader reference = silo.Grains.CreateObjectReference<INewsReader>(new Reader());
        Assert.Throws<ArgumentException>(() => silo.Grains.CreateObjectReference<INewsReader>(reference));
        Assert.Throws<ArgumentException>(() => silo.Grains.DeleteObjectReference<INewsReader>(new Reader()));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static INewsReader Make(TestSilo silo, out WeakReference weak)
    {
        var reader = new Reader();
        weak = new WeakReference(reader);
        return silo.Grains.CreateObjectReference<INewsReader>(reader);
    }

    private sealed class Reader : INewsReader
    {
        private int _atOnce;

        public List<string> Seen { get; } = [];

        public int MostAtOnce { get; private set; }

        public bool Fails { get; init; }

        public async Task Read(string news)
        {
            if (Fails)
            {
                throw new InvalidOperationException("unreadable");
            }

            Seen.Add(news);
            MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
            await Task.Yield();
            _atOnce--;
        }
    }
}
