using Actors.Runtime.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Actors.Runtime.Tests.Storage;

/// <summary>State that is injected into a grain, over a store.</summary>
public sealed class PersistentStateTests
{
    [Fact]
    public async Task State_is_read_before_the_grain_activates_and_outlives_it()
    {
        await using TestSilo silo = await StartAsync();
        IStateGrain grain = silo.Grains.GetGrain<IStateGrain>("x");
        Assert.Equal("- False - False", await grain.Read());
        await grain.Write("hello");
        int instance = await grain.Instance();
        await DeactivateAsync(silo, grain);
        Assert.Equal("hello True hello too True", await grain.Read());
        Assert.NotEqual(instance, await grain.Instance());
        await grain.Clear();
        Assert.Equal("- False - False", await grain.Read());
        await DeactivateAsync(silo, grain);
        Assert.Equal("- False - False", await grain.Read());
    }

    [Fact]
    public async Task A_conflict_that_escapes_ends_the_activation_which_met_it()
    {
        await using TestSilo silo = await StartAsync();
        IStateGrain grain = silo.Grains.GetGrain<IStateGrain>("x"), caller = silo.Grains.GetGrain<IStateGrain>("caller");
        await grain.Write("one");
        int instance = await grain.Instance(), callersInstance = await caller.Instance();
        IGrainContext context = silo.Context(grain)!;
        await WriteBehindAsync(silo, grain, "behind its back");
        InconsistentStateException error = await Assert.ThrowsAsync<InconsistentStateException>(() => caller.WriteThrough("x", "two"));
        Assert.NotNull(error.CurrentEtag);
        await Guard.Within(context.Deactivated, "the end of the activation");
        Assert.Equal("behind its back True one too True", await grain.Read());
        Assert.NotEqual(instance, await grain.Instance());
        Assert.Equal(callersInstance, await caller.Instance());
    }

    [Fact]
    public async Task A_conflict_that_is_caught_leaves_the_activation()
    {
        await using TestSilo silo = await StartAsync();
        IStateGrain grain = silo.Grains.GetGrain<IStateGrain>("x");
        await grain.Write("one");
        int instance = await grain.Instance();
        await WriteBehindAsync(silo, grain, "behind its back");
        Assert.False(await grain.TryWrite("two"));
        Assert.True(await grain.TryWrite("three"));
        Assert.Equal(instance, await grain.Instance());
    }

    [Fact]
    public async Task A_store_that_is_missing_is_named()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        BadProviderConfigException error = await Assert.ThrowsAsync<BadProviderConfigException>(() => silo.Grains.GetGrain<IStateGrain>("x").Read());
        Assert.Contains("'second'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_of_the_store_is_wrapped_and_the_next_call_tries_again()
    {
        var store = new FlakyStorage();
        await using TestSilo silo = await TestSilo.StartAsync(builder => builder.Services.AddGrainStorage("second", (_, _) => store));
        IStateGrain grain = silo.Grains.GetGrain<IStateGrain>("x");
        store.Fails = true;
        OrleansException error = await Assert.ThrowsAsync<OrleansException>(grain.Read);
        Assert.IsType<IOException>(error.InnerException);
        store.Fails = false;
        Assert.Equal("- False - False", await grain.Read());
        store.Fails = true;
        await Assert.ThrowsAsync<OrleansException>(() => grain.Write("one"));
        store.Fails = false;
        await grain.Write("two");
        Assert.Equal("two True two too True", await grain.Read());
    }

    private static Task<TestSilo> StartAsync() => TestSilo.StartAsync(static builder => builder.AddMemoryGrainStorage("second"));

    private static async Task DeactivateAsync(TestSilo silo, IStateGrain grain)
    {
        IGrainContext context = silo.Context(grain)!;
        context.Deactivate(new DeactivationReason(DeactivationReasonCode.RuntimeRequested, "test"));
        await Guard.Within(context.Deactivated, "the end");
    }

    private static async Task WriteBehindAsync(TestSilo silo, IStateGrain grain, string text)
    {
        IGrainStorage store = silo.Services.GetRequiredKeyedService<IGrainStorage>("Default");
        var state = new GrainState<StateGrain.Record>();
        await store.ReadStateAsync("main", grain.GetGrainId(), state);
        state.State!.Text = text;
        await store.WriteStateAsync("main", grain.GetGrainId(), state);
    }

    private sealed class FlakyStorage : IGrainStorage
    {
        private readonly Runtime.Storage.MemoryGrainStorage _inner = new("inner");

        public bool Fails { get; set; }

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Inner().ReadStateAsync(stateName, grainId, grainState);

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Inner().WriteStateAsync(stateName, grainId, grainState);

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Inner().ClearStateAsync(stateName, grainId, grainState);

        private Runtime.Storage.MemoryGrainStorage Inner() => Fails ? throw new IOException("the disk is gone") : _inner;
    }
}
