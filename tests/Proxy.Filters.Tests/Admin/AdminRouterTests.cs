using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace Proxy.Filters.Admin;

public sealed class AdminRouterTests
{
    private readonly AdminRouter _router = new(
        [
            new DelegateAdminHandler("/get", "reads", changesState: false, request => AdminResponse.Text(request.Query.Get("a") ?? "none")),
            new DelegateAdminHandler("/post", "changes", changesState: true, _ => AdminResponse.Ok),
            new DelegateAdminHandler("/broken", "throws", changesState: false, _ => throw new InvalidOperationException("no")),
            new DelegateAdminHandler("/post", "the application's own", changesState: true, _ => AdminResponse.Text("own")),
        ],
        NullLogger.Instance);

    [Test]
    public void Handle_UnknownPath_Is404WithTheListOfCommands()
    {
        var response = Handle("GET", "/nope");

        response.Status.Should().Be(404);
        Text(response).Should().StartWith("invalid path. admin commands are:\n").And.Contain("  /get: reads\n").And.Contain("  /post (POST): ");
    }

    [TestCase("GET")]
    [TestCase("HEAD")]
    [TestCase("PUT")]
    [TestCase("DELETE")]
    public void Handle_CommandWithoutPost_Is405(string method)
    {
        var response = Handle(method, "/post");

        response.Status.Should().Be(405);
        Text(response).Should().Be($"Method {method} not allowed, POST required.");
    }

    [Test]
    public void Handle_HandlerOfTheApplication_ReplacesABuiltInOne()
    {
        Text(Handle("POST", "/post")).Should().Be("own");
    }

    [Test]
    public void Handle_ReadingPath_TakesAnyMethodAndDecodesItsQuery()
    {
        Text(Handle("PUT", "/get?a=%5Eb%20c&a=second#fragment")).Should().Be("^b c");
    }

    [Test]
    public void Handle_HandlerThrows_AnswersAndGoesOn()
    {
        Handle("GET", "/broken").Status.Should().Be(500);
        Handle("GET", "/get").Status.Should().Be(200);
    }

    [Test]
    public void Handle_HomePage_LinksToReadingPathsAndPostsCommands()
    {
        var page = Handle("GET", "/");

        page.ContentType.Should().Be("text/html; charset=UTF-8");
        Text(page).Should().Contain("<a href=\"get\">/get</a>").And.Contain("<form action=\"post\" method=\"post\">");
    }

    private AdminResponse Handle(string method, string target) => _router.Handle(AdminRequest.Parse(method, target));

    private static string Text(AdminResponse response) => Encoding.UTF8.GetString(response.Body.Span);
}
