using System.Diagnostics.CodeAnalysis;
using Actors.Runtime.Management;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Actors.Grains.Overview;

/// <summary>The house runtime lets itself be read.</summary>
public sealed class RuntimePort(SiloReader reader) : IRuntimePort
{
    /// <summary>Adds it.</summary>
    public static void AddTo(IServiceCollection services) => services.AddSingleton<IRuntimePort, RuntimePort>();

    /// <inheritdoc/>
    public long? Stalls => reader.Stalls;

    /// <inheritdoc/>
    public Task<IReadOnlyList<ClassReport>> ReadClassesAsync() => Task.FromResult<IReadOnlyList<ClassReport>>([.. reader.ReadClasses().Select(static one => new ClassReport
    {
        Type = one.GrainType,
        Activations = one.Activations,
        WaitingCalls = one.WaitingCalls,
        LongestQueue = one.LongestQueue,
    })]);

    /// <inheritdoc/>
    public Task<ActivationReport?> ReadActivationAsync(GrainId grain) => Task.FromResult(!reader.TryRead(grain, out var activation) ? null : new ActivationReport
    {
        WaitingCalls = activation.WaitingCalls,
        RunningCalls = activation.RunningCalls,
        IdleMs = activation.Idle.TotalMilliseconds,
        Timers = [.. activation.Timers.Select(static timer => new TimerReport
        {
            PeriodMs = timer.Period == Timeout.InfiniteTimeSpan ? null : timer.Period.TotalMilliseconds,
            IsDue = timer.IsDue,
        })],
    });

    /// <inheritdoc/>
    public SiloAddress? HomeOf(GrainId grain) => reader.HomeOf(grain);

    /// <inheritdoc/>
    public bool TryGetClass(GrainType type, [NotNullWhen(true)] out Type? grainClass) => reader.TryGetClass(type, out grainClass);
}
