using System.Globalization;
using Actors.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Actors.Cli.Storage;

/// <summary>Volumes for people.</summary>
internal static class VolumeViews
{
    /// <summary>All of them.</summary>
    public static IEnumerable<IRenderable> DrawList(VolumeList list)
    {
        if (list.Volumes.Count == 0)
        {
            yield return new Text("There are no such volumes.");
            yield break;
        }

        var table = ResultWriter.CreateTable("name", "class", ">size", "pools", "policy", "tier", "wanted", ">iops", "state");
        foreach (var volume in list.Volumes)
        {
            table.AddTextRow(
                volume.Name, volume.StorageClass, Quantities.Bytes(volume.SizeBytes), string.Join(", ", volume.Pools), volume.Policy ?? "-", volume.Tier, volume.WantedTier,
                Quantities.Iops(volume.Iops), State(volume));
        }

        yield return table;
    }

    /// <summary>What would move.</summary>
    public static IEnumerable<IRenderable> DrawPlan(VolumeList list)
    {
        var table = ResultWriter.CreateTable("volume", "policy", "from", "to", "action", "way", ">bytes", ">time", "what blocks it");
        foreach (var volume in list.Volumes)
        {
            table.AddTextRow(
                volume.Name,
                volume.Policy ?? "-",
                volume.Tier,
                volume.WantedTier,
                volume.Action == "dryRun" ? "dry run" : volume.Action,
                string.Join(", ", volume.Moves.Select(static move => $"{move.SourcePool} to {move.TargetPool}{(move.IsOverNoLink ? " over no link" : move.Link is null ? "" : $" over {move.Link}")}")),
                Quantities.Bytes(volume.Moves.Sum(static move => move.Bytes)),
                volume.Moves.Count == 0 ? "-" : Quantities.Time(volume.Moves.Sum(static move => move.Seconds)),
                string.Join("; ", volume.Blocks));
        }

        yield return table;
        yield return new Text($"Times are those of a copy that is alone. The budget of the back end {list.BackEnd} is {Budget(list.Budget)}.");
    }

    /// <summary>One of them, with what it does.</summary>
    public static IEnumerable<IRenderable> Show(VolumeView volume)
    {
        yield return new Text(string.Create(CultureInfo.InvariantCulture, $"{volume.Name}: {Quantities.Bytes(volume.SizeBytes)} of {volume.StorageClass} in {string.Join(", ", volume.Pools)}{(volume.IsHealthy ? "" : ", not all in sync")}"));
        if (volume.Labels.Count > 0) yield return new Text($"labels: {string.Join(", ", volume.Labels)}");
        yield return new Text($"policy {volume.Policy ?? "-"}, tier {volume.Tier}, wanted in {volume.WantedTier}, {Quantities.Iops(volume.Iops)} operations/s");
        if (volume.Migration is { } migration)
        {
            yield return new Text(
                $"{(migration.EndedAt is null ? "moves" : $"last moved, ended {migration.EndedAt:u}")}: {migration.SourcePool} to {migration.TargetPool} ({migration.Move} of {migration.Moves}), {Progress(migration)}");
        }
    }

    /// <summary>Why it is where it is.</summary>
    public static IEnumerable<IRenderable> Explain(VolumeView volume)
    {
        yield return new Text($"{volume.Name} is in {string.Join(", ", volume.Pools)}, tier {volume.Tier}{(volume.Policy is null ? "" : $", by policy {volume.Policy}")}");
        yield return new Text($"  why:  {volume.Why}");
        yield return new Text($"  next: {volume.Next}");
        foreach (var block in volume.Blocks)
            yield return new Text($"  blocked: {block}");
        if (volume.CooldownUntil is { } until) yield return new Text($"  moved lately: stays until {until:u}");
        if (volume.OtherPolicies.Count > 0) yield return new Text($"  also selected by {string.Join(", ", volume.OtherPolicies)}, which do not have it");
        if (volume is { IsMoving: true, Migration: { } migration }) yield return new Text($"  migration: {migration.SourcePool} to {migration.TargetPool}, {Progress(migration)}");
    }

    private static string State(VolumeView volume) => volume switch
    {
        { IsMoving: true, Migration: { } migration } => Progress(migration),
        { IsMoving: true } => "moves",
        { HeatUnknown: not null } => "heat unknown",
        { Action: "dryRun" } => "would move",
        { Action: "blocked" } => "blocked",
        { Policy: null } => "no policy",
        _ => "stays",
    };

    private static string Progress(VolumeMigration migration)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{migration.Phase} {100 * migration.Share():0} %");
        if (migration.BytesPerSecond > 0) text += $" at {Quantities.Rate(migration.BytesPerSecond)}";
        if (migration.WaitsFor is { } wait) text += $", waits for {wait}";
        if (migration.Reason is { } reason) text += $", {reason}";
        if (migration.Problem is { } problem) text += $", {problem}";
        return migration.IsOverdue ? $"{text}, overdue" : text;
    }

    private static string Budget(string? budget) => budget switch
    {
        "enforced" => "enforced",
        "enforcedWhileHeld" => "enforced while a silo holds the copy",
        "advisory" => "advisory: each copy has a bound, and the sum has none",
        _ => "none: only how many copies there are is bounded",
    };
}
