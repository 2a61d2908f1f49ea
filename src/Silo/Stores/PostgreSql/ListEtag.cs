using System.Globalization;

namespace Actors.Silo.Stores.PostgreSql;

/// <summary>What the ETags of the membership table say: a version, of this list of silos and of no other that the database had before.</summary>
/// <param name="Version">The table's version, or for a row that of its last change.</param>
/// <param name="ListId">The list; one that is deleted and made again is another.</param>
internal readonly record struct ListEtag(int Version, Guid ListId)
{
    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <returns>False for anything else.</returns>
    public static bool TryParse(string? text, out ListEtag etag)
    {
        var at = text?.IndexOf('@', StringComparison.Ordinal) ?? -1;
        var isRead = int.TryParse(text.AsSpan(0, Math.Max(at, 0)), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            & Guid.TryParseExact(text.AsSpan(at + 1), "D", out var listId);
        etag = new(version, listId);
        return isRead;
    }

    /// <summary>The text that others keep and give back.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Version}@{ListId:D}");
}
