using Actors.Gateway.Agents;
using Actors.Grains.Storage;
using Actors.Storage.BackEnds;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Storage;

/// <summary>Pools and volumes that are made through <c>/api/v1/storage/…</c>; the caller was found to be allowed to.</summary>
internal static class StorageMaking
{
    /// <summary>Makes a folder a pool.</summary>
    public static async Task<IResult> CreatePoolAsync(HttpContext context)
    {
        var (wish, refusal) = await StorageBody.ReadAsync(context, StorageApiJson.Default.NewPoolWish);
        if (wish is null) return refusal!;
        var mistakes = new List<string>();
        if (string.IsNullOrEmpty(wish.Name)) mistakes.Add("name is the pool's name.");
        if (!Path.IsPathFullyQualified(wish.Folder ?? "")) mistakes.Add("folder is a whole path on the silo's machine.");
        if (wish.CapacityBytes < 0) mistakes.Add("capacityBytes is 0 or more.");
        AddMistakes(wish.Labels, mistakes);
        if (mistakes.Count > 0) return AgentsApi.Wrong(mistakes);
        var pool = new NewPool(wish.Name!, wish.Folder!, string.IsNullOrEmpty(wish.Node) ? Environment.MachineName : wish.Node, wish.Labels ?? NoLabels, wish.CapacityBytes);
        return await AskAsync(context, async local =>
        {
            await local.CreatePoolAsync(pool, context.RequestAborted);
            return TypedResults.NoContent();
        });
    }

    /// <summary>Makes a volume.</summary>
    public static async Task<IResult> CreateVolumeAsync(HttpContext context)
    {
        var (wish, refusal) = await StorageBody.ReadAsync(context, StorageApiJson.Default.NewVolumeWish);
        if (wish is null) return refusal!;
        var mistakes = new List<string>();
        if (string.IsNullOrEmpty(wish.Name)) mistakes.Add("name is the volume's name.");
        if (string.IsNullOrEmpty(wish.Pool)) mistakes.Add("pool names the pool in which it begins.");
        if (wish.SizeBytes < 1) mistakes.Add("sizeBytes is 1 or more.");
        AddMistakes(wish.Labels, mistakes);
        if (mistakes.Count > 0) return AgentsApi.Wrong(mistakes);
        var volume = new NewVolume(wish.Name!, wish.StorageClass ?? "", wish.Labels ?? NoLabels, wish.Pool!, wish.SizeBytes);
        return await AskAsync(context, async local => At(volume.Name, await local.CreateVolumeAsync(volume, context.RequestAborted)));
    }

    /// <summary>Has a volume served.</summary>
    public static Task<IResult> AttachAsync(HttpContext context)
    {
        var name = StorageApi.NameOf(context);
        return AskAsync(context, async local => At(name, await local.AttachAsync(name, context.RequestAborted)));
    }

    /// <summary>Has a volume served no more.</summary>
    public static Task<IResult> DetachAsync(HttpContext context) => AskAsync(context, async local =>
    {
        await local.DetachAsync(StorageApi.NameOf(context), context.RequestAborted);
        return TypedResults.NoContent();
    });

    private static Dictionary<string, string> NoLabels => [];

    private static JsonHttpResult<VolumeAddressAnswer> At(string name, string address) => TypedResults.Json(new VolumeAddressAnswer(name, address), StorageApiJson.Default.VolumeAddressAnswer);

    private static void AddMistakes(IReadOnlyDictionary<string, string>? labels, List<string> mistakes)
    {
        foreach (var (name, value) in labels ?? NoLabels)
        {
            if (name.Length == 0 || value is null) mistakes.Add("labels have names and texts for values.");
        }
    }

    private static async Task<IResult> AskAsync(HttpContext context, Func<LocalVolumes, Task<IResult>> ask)
    {
        try
        {
            return await ask(context.RequestServices.GetRequiredService<LocalVolumes>());
        }
        catch (BackEndException refusal)
        {
            return refusal.IsPermanent ? StorageApi.Refused(refusal.Message) : StorageApi.Away(context, refusal.Message);
        }
    }
}
