/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code .htaccess} files as well-known PHP applications ship them. The files they protect are protected, and the files
 * they serve are served, under any AllowOverride.
 */
class ShippedHtaccessTest {

    private static final String PHP = "AddHandler fcgid-script .php\nFcgidWrapper /bin/sh .php\n";
    private static final String[] SERVERS = {PHP, PHP + "AllowOverride All\n", PHP + "AllowOverride FileInfo Indexes\n"
    };

    @TempDir
    private Path temp;

    private MappedSite site;

    @BeforeEach
    void makeSite() throws Exception {
        site = new MappedSite(temp).files("index.php");
    }

    @AfterEach
    void close() {
        site.close();
    }

    private void served(String... targets) {
        for (String target : targets) {
            for (String server : SERVERS) {
                assertThat(site.answer(server, target)).as(target).startsWith("file:");
            }
        }
    }

    private void run(String... targets) {
        for (String target : targets) {
            for (String server : SERVERS) {
                assertThat(site.answer(server, target)).as(target).startsWith("script:");
            }
        }
    }

    private void refused(String... targets) {
        for (String target : targets) {
            for (String server : SERVERS) {
                assertThat(site.answer(server, target)).as(target).matches("403|404|410");
            }
        }
    }

    @Test
    void drupal() throws Exception {
        site.files(
                        "core.module",
                        "web.config",
                        "composer.json",
                        "a.yml.bak",
                        "theme.css",
                        "files/photo.png",
                        "files/up.php")
                .file(".htaccess", """
                        # Protect files and directories from prying eyes.
                        <FilesMatch "\\.(engine|inc|install|module|profile|sh|.*sql|theme|twig|tpl(\\.php)?|yml)(~|\\.sw[op]|\\.bak|\\.orig|\\.save)?$|^(\\.(?!well-known).*|Entries.*|composer\\.(json|lock)|web\\.config)$|^#.*#$">
                          <IfModule mod_authz_core.c>
                            Require all denied
                          </IfModule>
                          <IfModule !mod_authz_core.c>
                            Order allow,deny
                          </IfModule>
                        </FilesMatch>
                        Options -Indexes
                        DirectoryIndex index.php index.html index.htm
                        AddType image/svg+xml svg svgz
                        AddEncoding gzip svgz
                        <IfModule mod_php.c>
                          php_value assert.active 0
                        </IfModule>
                        <IfModule mod_expires.c>
                          ExpiresActive On
                          <FilesMatch \\.php$>
                            ExpiresActive Off
                          </FilesMatch>
                        </IfModule>
                        <IfModule mod_rewrite.c>
                          RewriteEngine on
                          RewriteRule ^ - [E=protossl]
                          RewriteCond %{HTTPS} on
                          RewriteRule ^ - [E=protossl:s]
                          RewriteRule "/\\.|^\\.(?!well-known/)" - [F]
                          RewriteCond %{REQUEST_FILENAME} !-f
                          RewriteRule ^ index.php [L]
                        </IfModule>
                        """)
                .file("files/.htaccess", """
                        Options -Indexes -ExecCGI -Includes -MultiViews
                        SetHandler Drupal_Security_Do_Not_Remove_See_SA_2006_006
                        <Files *>
                          SetHandler Drupal_Security_Do_Not_Remove_See_SA_2013_003
                        </Files>
                        <IfModule mod_php7.c>
                          php_flag engine off
                        </IfModule>
                        """);

        served("/theme.css", "/files/photo.png");
        run("/", "/index.php");
        refused("/core.module", "/web.config", "/composer.json", "/a.yml.bak", "/files/up.php");
    }

    @Test
    void nextcloud() throws Exception {
        site.files("core/img/logo.png", "config/config.php", "lib/base.php", "console.php", "data/nextcloud.log", "occ")
                .file(".htaccess", """
                        <IfModule mod_headers.c>
                          <IfModule mod_env.c>
                            <If "%{REQUEST_URI} =~ m#/login$#">
                              Header always set Referrer-Policy "same-origin"
                            </If>
                            <Else>
                              Header onsuccess unset Referrer-Policy
                            </Else>
                            SetEnv modHeadersAvailable true
                          </IfModule>
                        </IfModule>
                        <IfModule mod_rewrite.c>
                          RewriteEngine on
                          RewriteCond %{HTTP_USER_AGENT} DavClnt
                          RewriteRule ^$ /remote.php/webdav/ [L,R=302]
                          RewriteRule .* - [env=HTTP_AUTHORIZATION:%{HTTP:Authorization}]
                          RewriteRule ^\\.well-known/carddav /remote.php/dav/ [R=301,L]
                          RewriteRule ^remote/(.*) remote.php [QSA,L]
                          RewriteRule ^(?:build|tests|config|lib|3rdparty|templates)/.* - [R=404,L]
                          RewriteRule ^(?:\\.(?!well-known)|autotest|occ|issue|indie|db_|console).* - [R=404,L]
                        </IfModule>
                        <IfModule mod_dir.c>
                          DirectoryIndex index.php index.html
                        </IfModule>
                        AddDefaultCharset utf-8
                        Options -Indexes
                        ErrorDocument 404 /index.php/error/404
                        """)
                .file("data/.htaccess", """
                        # line below if for Apache 2.4
                        <ifModule mod_authz_core.c>
                        Require all denied
                        </ifModule>
                        # section for Apache 2.2
                        <ifModule !mod_authz_core.c>
                        deny from all
                        </ifModule>
                        <ifModule mod_autoindex.c>
                        IndexIgnore *
                        </ifModule>
                        """);

        served("/core/img/logo.png");
        run("/", "/index.php/apps/files");
        refused("/config/config.php", "/lib/base.php", "/console.php", "/occ", "/data/nextcloud.log");
    }

    @Test
    void joomla() throws Exception {
        site.files("media/a.css").file(".htaccess", """
                Options +FollowSymlinks
                Options -Indexes
                <IfModule autoindex>
                  IndexIgnore *
                </IfModule>
                RewriteEngine On
                RewriteCond %{QUERY_STRING} base64_encode[^(]*\\([^)]*\\) [OR]
                RewriteCond %{QUERY_STRING} (<|%3C)([^s]*s)+cript.*(>|%3E) [NC,OR]
                RewriteCond %{QUERY_STRING} GLOBALS(=|\\[|\\%[0-9A-Z]{0,2}) [OR]
                RewriteRule .* index.php [F]
                RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]
                RewriteCond %{REQUEST_URI} !^/index\\.php
                RewriteCond %{REQUEST_FILENAME} !-f
                RewriteRule .* index.php [L]
                """);

        served("/media/a.css", "/index.html");
        run("/index.php", "/page.php");
    }

    @Test
    void magento() throws Exception {
        site.files("pub/a.js", "composer.json", "auth.json", ".git/config", "var/report/1")
                .file(".htaccess", """
                DirectoryIndex index.php
                <IfModule mod_php7.c>
                    php_value memory_limit 756M
                    php_flag session.auto_start off
                </IfModule>
                <IfModule mod_ssl.c>
                    SSLOptions StdEnvVars
                </IfModule>
                <IfModule mod_rewrite.c>
                    Options +FollowSymLinks
                    RewriteEngine on
                    RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]
                    RewriteCond %{REQUEST_METHOD} ^TRAC[EK]
                    RewriteRule .* - [L,R=405]
                    RewriteRule .* index.php [L]
                </IfModule>
                AddDefaultCharset Off
                    RedirectMatch 403 /\\.git
                    <Files composer.json>
                        <IfVersion < 2.4>
                            order allow,deny
                            deny from all
                        </IfVersion>
                        <IfVersion >= 2.4>
                            Require all denied
                        </IfVersion>
                    </Files>
                    <Files auth.json>
                        <IfVersion < 2.4>
                            order allow,deny
                            deny from all
                        </IfVersion>
                        <IfVersion >= 2.4>
                            Require all denied
                        </IfVersion>
                    </Files>
                """)
                .file("var/.htaccess", "Order deny,allow\nDeny from all\n");

        served("/pub/a.js");
        run("/", "/index.php/catalog");
        refused("/composer.json", "/auth.json", "/.git/config", "/var/report/1");
    }

    @Test
    void mediaWikiImages() throws Exception {
        site.files("images/photo.png", "images/evil.php").file("images/.htaccess", """
                # Protect against bug T30235
                <IfModule rewrite_module>
                    RewriteEngine On
                    RewriteCond %{QUERY_STRING} \\.[^\\\\/:*?\\x22<>|%]+(#|\\?|$) [nocase]
                    RewriteRule . - [forbidden]
                </IfModule>
                <IfModule headers_module>
                    Header set X-Content-Type-Options nosniff
                </IfModule>
                AddType text/plain .html .htm .shtml .phtml .php .php7
                <IfModule mod_php7.c>
                    php_flag engine off
                </IfModule>
                """);

        served("/images/photo.png");
        run("/index.php");
        refused("/images/evil.php");
    }

    @Test
    void wordPress() throws Exception {
        site.files("wp-config.php", "xmlrpc.php", "wp-includes/a.php", "wp-content/a.png", "wp-content/debug.log")
                .file(".htaccess", """
                        # BEGIN WordPress
                        <IfModule mod_rewrite.c>
                        RewriteEngine On
                        RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]
                        RewriteBase /
                        RewriteRule ^index\\.php$ - [L]
                        RewriteCond %{REQUEST_FILENAME} !-f
                        RewriteCond %{REQUEST_FILENAME} !-d
                        RewriteRule . /index.php [L]
                        </IfModule>
                        # END WordPress
                        <IfModule mod_rewrite.c>
                        RewriteRule ^wp-admin/includes/ - [F,L]
                        RewriteRule !^wp-includes/ - [S=1]
                        RewriteRule ^wp-includes/[^/]+\\.php$ - [F,L]
                        </IfModule>
                        <Files wp-config.php>
                        order allow,deny
                        deny from all
                        </Files>
                        <files xmlrpc.php>
                        Order Deny,Allow
                        Deny from all
                        </files>
                        <FilesMatch "\\.log$">
                        Require all denied
                        </FilesMatch>
                        """);

        served("/wp-content/a.png", "/index.html");
        run("/index.php", "/page.php");
        refused("/wp-config.php", "/xmlrpc.php", "/wp-includes/a.php", "/wp-content/debug.log");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# This folder must not be reached\nDeny from all\n",
                "<IfModule mod_authz_core.c>\nRequire all denied\n</IfModule>\n"
                        + "<IfModule !mod_authz_core.c>\nOrder deny,allow\nDeny from all\n</IfModule>\n",
                "<IfModule mod_authz_host.c>\nRequire all denied\n</IfModule>\n"
            })
    void phpMyAdminLibraries(String htaccess) throws Exception {
        site.files("libraries/a.php", "libraries/b.txt", "themes/a.css").file("libraries/.htaccess", htaccess);

        served("/themes/a.css");
        run("/index.php");
        refused("/libraries/a.php", "/libraries/b.txt", "/libraries/");
    }
}
