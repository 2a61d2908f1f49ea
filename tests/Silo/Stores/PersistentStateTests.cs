using Actors.Silo.Hosting;
using Actors.Silo.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;
using Orleans.Storage;

namespace Actors.Silo.Tests.Stores;

/// <summary>A grain's state in a store, with the runtime set up as the silo sets it up.</summary>
/// <typeparam name="TDatabase">What a silo opens.</typeparam>
public abstract class PersistentStateTests<TDatabase>
    where TDatabase : class, IAsyncDisposable
{
    /// <summary>Opens the store as one more silo does.</summary>
    protected abstract Task<TDatabase> OpenAsync();

    /// <summary>The storage that grains are given there.</summary>
    protected abstract IGrainStorage Storage(TDatabase database);

    /// <summary>Adds what the silo adds for this store.</summary>
    protected abstract void Add(IServiceCollection services, TDatabase database);

    [Fact]
    public async Task State_outlives_the_silo_and_its_etag_goes_on()
    {
        string before;
        await using (var database = await OpenAsync())
        {
            using var silo = await StartAsync(database);
            var grain = Counter(silo);
            Assert.Equal("0 -", await grain.Read());
            Assert.Equal(1, await grain.Add());
            Assert.Equal(2, await grain.Add());
            before = await grain.Read();
            await silo.StopAsync();
        }

        await using var reopened = await OpenAsync();
        using var next = await StartAsync(reopened);
        Assert.Equal(before, await Counter(next).Read());
        Assert.Equal(3, await Counter(next).Add());
        Assert.NotEqual(before, await Counter(next).Read());
        await Counter(next).Clear();
        Assert.Equal("0 -", await Counter(next).Read());
        await next.StopAsync();
    }

    [Fact]
    public async Task A_write_behind_the_grains_back_is_a_conflict_that_ends_the_activation()
    {
        await using var database = await OpenAsync();
        using var silo = await StartAsync(database);
        var grain = Counter(silo);
        await grain.Add();
        var storage = Storage(database);
        var stored = new GrainState<CounterState>();
        await storage.ReadStateAsync("counter", grain.GetGrainId(), stored);
        Assert.Equal(1, stored.State!.Sum);
        stored.State = new CounterState { Sum = 40 };
        await storage.WriteStateAsync("counter", grain.GetGrainId(), stored);

        var conflict = await Assert.ThrowsAsync<InconsistentStateException>(grain.Add);

        Assert.Equal(stored.ETag, conflict.StoredEtag);
        Assert.Equal(41, await grain.Add());
        await silo.StopAsync();
    }

    private static ICounterGrain Counter(IHost silo) => silo.Services.GetRequiredService<IGrainFactory>().GetGrain<ICounterGrain>("one");

    private async Task<IHost> StartAsync(TDatabase database)
    {
        var host = new HostBuilder()
            .ConfigureServices(services => Add(services, database))
            .UseOrleans(static builder => GrainServices.ConfigureRuntime(builder, SiloConfiguration.Read([], new System.Collections.Hashtable(), AppContext.BaseDirectory), null))
            .Build();
        await host.StartAsync();
        return host;
    }
}
