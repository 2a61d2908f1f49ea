using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>Lists, whole and in pages. All pages of a list are of one moment; compaction makes the rest of them unreadable.</summary>
public sealed partial class FakeApiServer
{
    private readonly Dictionary<string, (string Version, JsonObject[] Left)> _pages = [];

    /// <summary>How many objects each page of a list had that was read in pages.</summary>
    public List<int> Pages { get; } = [];

    private (int Code, JsonObject Body) List(HttpContext context, string resource)
    {
        var query = context.Request.Query;
        var (label, field) = (query["labelSelector"].ToString(), query["fieldSelector"].ToString());
        if (field.Length > 0) Lists++;
        var version = _resourceVersion.ToString(CultureInfo.InvariantCulture);
        JsonObject[] items;
        if (query["continue"].ToString() is { Length: > 0 } next)
        {
            if (!_pages.Remove(next, out var left)) return (410, Status(410, "Expired", "The provided continue parameter is too old to display a consistent list result."));
            (version, items) = left;
        }
        else
        {
            items = [.. _objects.Where(pair => pair.Key.Resource == resource && (label.Length == 0 || pair.Value["metadata"]?["labels"]?[label] is not null) && (field.Length == 0 || field == $"metadata.name={pair.Key.Name}"))
                .OrderBy(static pair => pair.Key.Name, StringComparer.Ordinal).Select(static pair => (JsonObject)pair.Value.DeepClone())];
        }

        var metadata = new JsonObject { ["resourceVersion"] = version };
        if (int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var limit))
        {
            if (items.Length > limit)
            {
                var token = string.Create(CultureInfo.InvariantCulture, $"page {_pages.Count}+{version}/{items.Length}");
                _pages[token] = (version, items[limit..]);
                (metadata["continue"], metadata["remainingItemCount"]) = (token, items.Length - limit);
                items = items[..limit];
            }

            Pages.Add(items.Length);
        }

        return (200, new JsonObject { ["kind"] = "List", ["metadata"] = metadata, ["items"] = new JsonArray([.. items.Select(static item => (JsonNode)item)]) });
    }
}
