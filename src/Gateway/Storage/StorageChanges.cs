using System.Text;
using Actors.Gateway.Agents;
using Actors.Grains.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Storage;

/// <summary>What is changed through <c>/api/v1/storage/…</c>; the caller was found to be allowed to.</summary>
internal static class StorageChanges
{
    private const int MaxPolicyBytes = 4 * 1_024 * 1_024;

    /// <summary>Takes a file of policies, in YAML or JSON.</summary>
    public static async Task<IResult> ApplyAsync(HttpContext context)
    {
        if (Elsewhere(context) is { } elsewhere) return elsewhere;
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = MaxPolicyBytes;
        string text;
        try
        {
            using var reader = new StreamReader(context.Request.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            text = await reader.ReadToEndAsync(context.RequestAborted);
        }
        catch (DecoderFallbackException)
        {
            return AgentsApi.Wrong(["The body is no text in UTF-8."]);
        }
        catch (BadHttpRequestException broken)
        {
            return AgentsApi.Refuse(broken.StatusCode, "no body", [$"The body did not arrive, or has more than {MaxPolicyBytes} bytes."]);
        }

        var changes = await StorageApi.Policies(context).Apply(text).WaitAsync(context.RequestAborted);
        return changes.Mistakes.Length > 0
            ? AgentsApi.Refuse(StatusCodes.Status400BadRequest, "mistakes", changes.Mistakes)
            : TypedResults.Json(new PolicyChangesAnswer(changes.Changes), StorageApiJson.Default.PolicyChangesAnswer);
    }

    /// <summary>Removes a policy.</summary>
    public static async Task<IResult> DeleteAsync(HttpContext context)
    {
        if (Elsewhere(context) is { } elsewhere) return elsewhere;
        var name = StorageApi.NameOf(context);
        return await StorageApi.Policies(context).Delete(name).WaitAsync(context.RequestAborted)
            ? TypedResults.NoContent()
            : StorageApi.Unknown($"There is no policy {name}. 'actors policies list' shows them.");
    }

    /// <summary>Reconciles now.</summary>
    public static async Task<IResult> ReconcileAsync(HttpContext context)
    {
        await StorageApi.Policies(context).Reconcile().WaitAsync(context.RequestAborted);
        return TypedResults.NoContent();
    }

    /// <summary>Has a replica move.</summary>
    public static async Task<IResult> MigrateAsync(HttpContext context)
    {
        var (wish, refusal) = await StorageBody.ReadAsync(context, StorageApiJson.Default.MigrationWish);
        if (wish is null) return refusal!;
        if (string.IsNullOrEmpty(wish.TargetPool)) return AgentsApi.Wrong(["targetPool names the pool where it is to go."]);
        return await CommandAsync(context, (policies, volume) => policies.Migrate(volume, wish.SourcePool, wish.TargetPool));
    }

    /// <summary>Stops a copy for now.</summary>
    public static Task<IResult> PauseAsync(HttpContext context) => CommandAsync(context, static (policies, volume) => policies.Pause(volume));

    /// <summary>Has a paused copy go on.</summary>
    public static Task<IResult> ResumeAsync(HttpContext context) => CommandAsync(context, static (policies, volume) => policies.Resume(volume));

    /// <summary>Takes a migration back; with <c>?forget=true</c> it ends even if something cannot be removed.</summary>
    public static async Task<IResult> AbortAsync(HttpContext context) => (string?)context.Request.Query["forget"] switch
    {
        null or "false" => await CommandAsync(context, static (policies, volume) => policies.Abort(volume)),
        "true" => await CommandAsync(context, static (policies, volume) => policies.Forget(volume)),
        _ => AgentsApi.Wrong(["forget is true or false."]),
    };

    private static async Task<IResult> CommandAsync(HttpContext context, Func<IPoliciesGrain, string, Task<OrderAnswer>> command)
    {
        var volume = StorageApi.NameOf(context);
        return await command(StorageApi.Policies(context), volume).WaitAsync(context.RequestAborted) switch
        {
            { IsUnknown: true } => StorageApi.Unknown($"There is no volume {volume}. 'actors volumes list' shows them."),
            { Refusal: { } refusal } => StorageApi.Refused(refusal),
            var taken => TypedResults.Json(new OrderTakenAnswer(taken.Order, taken.Remark), StorageApiJson.Default.OrderTakenAnswer),
        };
    }

    private static IResult? Elsewhere(HttpContext context) =>
        context.RequestServices.GetRequiredService<TieringServices>().PoliciesKeptElsewhere is { } sentence ? StorageApi.Refused($"{char.ToUpperInvariant(sentence[0])}{sentence[1..]}") : null;
}
